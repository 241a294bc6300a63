"""DEPTHWISE_CONV_2D of several filters a channel on cores with MVE: a convolution in groups."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_conv_2d import convolution
from edgekit.kernels._mve_sums import sums_of
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "DEPTHWISE_CONV_2D"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """More than one filter a channel, or a single channel."""
    if op.attrs.depth_multiplier == 1 and graph.input(op, 0).shape[3] != 1:
        return None
    return convolution(op, graph, sums_of(op, graph, axis=3))
