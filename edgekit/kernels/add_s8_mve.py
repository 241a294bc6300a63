"""ADD on cores with MVE: the form of add_s8_linear, four elements at a time."""

from __future__ import annotations

import dataclasses

from edgekit.ir import Graph, Op
from edgekit.kernels import add_s8_linear
from edgekit.ops import KernelChoice
from edgekit.ops._kernel import Cost
from edgekit.targets import Target

OP = "ADD"
REQUIRES = frozenset({"mve"})


def choose(op: Op, graph: Graph, target: Target) -> KernelChoice | None:
    """None where the sum has no proven form."""
    linear = add_s8_linear.choose(op, graph, target)
    if linear is None:
        return None
    cost = Cost(1.9 * graph.output(op).size + 40, 300)
    return dataclasses.replace(linear, variant="s8_mve", cost=cost)
