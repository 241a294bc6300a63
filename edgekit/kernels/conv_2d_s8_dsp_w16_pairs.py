"""CONV_2D on cores with the DSP extension, weights in 16 bits, writing pairs of columns."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels import _dsp_conv_2d_pairs
from edgekit.kernels._dsp_conv_2d import W16
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"dsp"})
LAYOUTS = True


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """An image of an even number of channels that only depthwise 3x3 convolutions read."""
    return _dsp_conv_2d_pairs.choose(op, graph, W16)
