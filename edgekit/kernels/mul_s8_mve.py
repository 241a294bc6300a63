"""MUL on cores with MVE: the reference's arithmetic, four elements at a time."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op
from edgekit.ops import KernelChoice, mul
from edgekit.ops._kernel import Cost
from edgekit.targets import Target

OP = "MUL"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """Always."""
    cost = Cost(3.5 * graph.output(op).size + 40, 250)
    return dataclasses.replace(mul.kernel(op, graph, target), variant="s8_mve", cost=cost)
