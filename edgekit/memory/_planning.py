"""Plans a graph's memory with every planner of this package and keeps the smallest plan."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit import registry
from edgekit.ir import Graph
from edgekit.memory._plan import Allocation, Buffer, MemoryPlan
from edgekit.memory._ranges import buffers_of, live_bytes
from edgekit.memory._verify import verify_plan


def plan_memory(graph: Graph, scratch_bytes: Sequence[int], alignment: int) -> MemoryPlan:
    """The smallest verified plan that any planner finds.

    A planner is a module of this package with `place(buffers, bound) -> offsets`.

    Args:
        graph: the graph.
        scratch_bytes: per op, arena bytes that its kernel needs while it runs.
        alignment: bytes that every offset is a multiple of.
    """
    buffers = buffers_of(graph, scratch_bytes, alignment)
    bound = max(live_bytes(buffers, len(graph.ops)))
    plans = [
        _plan(buffers, planner.place(buffers, bound), bound, alignment)
        for planner in registry.load_all(__package__).values()
    ]
    best = min(plans, key=lambda plan: plan.arena_bytes)
    verify_plan(graph, best, scratch_bytes)
    return best


def _plan(
    buffers: Sequence[Buffer], offsets: Sequence[int], bound: int, alignment: int
) -> MemoryPlan:
    placed = [Allocation(b, o) for b, o in zip(buffers, offsets, strict=True)]
    placed.sort(key=lambda a: (a.buffer.first, a.offset))
    return MemoryPlan(tuple(placed), max(a.end for a in placed), bound, alignment)
