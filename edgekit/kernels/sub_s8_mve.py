"""SUB on cores with MVE: the form of sub_s8_linear, four elements at a time."""

from __future__ import annotations

from edgekit.ir import Graph, Op
from edgekit.kernels._linear_sum import linear_sum_mve
from edgekit.ops import KernelChoice
from edgekit.targets import Target

OP = "SUB"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, _: Target) -> KernelChoice | None:
    """None where the sum has no proven form."""
    return linear_sum_mve(op, graph, -1)
