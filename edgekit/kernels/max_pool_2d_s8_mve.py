"""MAX_POOL_2D on cores with MVE: 16 channels in two instructions."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_pool import pool_variant
from edgekit.ops import KernelChoice, max_pool_2d
from edgekit.targets import Target

OP = "MAX_POOL_2D"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Always."""
    return pool_variant(max_pool_2d.kernel(op, graph, target), op, graph, 16, 9)
