"""DEPTHWISE_CONV_2D 3x3 from pairs of columns, with code for the layer's size alone.

The kernel of depthwise_conv_2d_s8_dsp_3x3_pairs whose output steps are parts of instructions and
whose loops are unrolled.
"""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels.depthwise_conv_2d_s8_dsp_3x3_pairs import from_pairs
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"dsp"})
LAYOUTS = True


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """Where the pairs apply and the output's rows are not too long for an offset."""
    return from_pairs(op, graph, fixed=True)
