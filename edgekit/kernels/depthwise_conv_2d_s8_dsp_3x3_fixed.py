"""DEPTHWISE_CONV_2D 3x3 for cores with the DSP extension, with code for the layer's size alone.

The kernel of depthwise_conv_2d_s8_dsp_3x3 whose output steps are parts of instructions and whose
loops are unrolled: fewer instructions, more code, unless layers of one size share it.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels.depthwise_conv_2d_s8_dsp_3x3 import BAND_ROWS, strips
from edgekit.ops._kernel import KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """Where the strips apply and the output's rows are not too long for an offset."""
    return strips(op, graph, BAND_ROWS, fixed=True)
