"""DEPTHWISE_CONV_2D 3x3 for cores with the DSP extension, in the smallest bands of rows.

The kernel of depthwise_conv_2d_s8_dsp_3x3 with one size of bands for all layers: less code, less
scratch, more instructions.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels.depthwise_conv_2d_s8_dsp_3x3 import strips
from edgekit.ops._kernel import KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})

_BAND_ROWS = 6


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """Where the larger bands apply, too."""
    return strips(op, graph, (_BAND_ROWS,))
