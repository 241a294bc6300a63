"""CONV_2D on cores with MVE: 16 products an instruction, 4 positions x 2 channels a block."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_conv_2d import convolution
from edgekit.kernels._mve_sums import sums_of
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "CONV_2D"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Any convolution."""
    return convolution(op, graph, sums_of(op, graph))
