"""CONV_2D on cores with the DSP extension, weights in 8 bits, one body of code for all layers."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels import _dsp_conv_2d
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One group, columns not dilated, outputs of int8's range, requantization proven."""
    return _dsp_conv_2d.choose(op, graph, _dsp_conv_2d.SMALL)
