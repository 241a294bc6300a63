"""DEPTHWISE_CONV_2D of a single channel on cores with MVE: nothing but a convolution."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_conv_2d import convolution
from edgekit.kernels._mve_sums import sums_of
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """One input channel, columns not dilated."""
    if graph.input(op, 0).shape[3] != 1:
        return None
    return convolution(op, graph, sums_of(op, graph, axis=3))
