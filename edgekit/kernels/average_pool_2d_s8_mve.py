"""AVERAGE_POOL_2D on cores with MVE: 8 channels at a time."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._mve_pool import pool_variant, positions_of
from edgekit.ops import KernelChoice, average_pool_2d
from edgekit.targets import Target

OP = "AVERAGE_POOL_2D"
REQUIRES = frozenset({"mve"})

# The kernel's division is exact for so many.
_MOST_POSITIONS = 4096


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Windows of up to 4096 pixels."""
    if positions_of(op, graph) > _MOST_POSITIONS:
        return None
    return pool_variant(average_pool_2d.kernel(op, graph, target), op, graph, 8, 30)
