"""Plans a graph's memory with every planner of this package and keeps the smallest plan."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit import registry
from edgekit.ir import Graph
from edgekit.memory._plan import Allocation, Buffer, MemoryPlan
from edgekit.memory._ranges import buffers_of, live_bytes, overlaps_of
from edgekit.memory._verify import verify_plan
from edgekit.ops import KernelChoice, Stream


def plan_memory(
    graph: Graph,
    choices: Sequence[KernelChoice],
    alignment: int,
    streams: Sequence[Stream] = (),
) -> MemoryPlan:
    """The smallest verified plan that any planner finds.

    A planner is a module of this package with `place(buffers, overlaps, bound, alignment) ->
    offsets`.

    Args:
        graph: the graph.
        choices: the kernel of each op: its scratch, and whether it may work in place.
        alignment: bytes that every offset is a multiple of.
        streams: ops that run together, band by band.
    """
    buffers = buffers_of(graph, choices, alignment, streams)
    overlaps = overlaps_of(graph, choices, buffers, streams)
    bound = max(live_bytes(buffers, len(graph.ops), overlaps))
    plans = [
        _plan(
            buffers, planner.place(buffers, overlaps, bound, alignment), bound, alignment, streams
        )
        for planner in registry.load_all(__package__).values()
    ]
    best = min(plans, key=lambda plan: plan.arena_bytes)
    verify_plan(graph, best, choices)
    return best


def _plan(
    buffers: Sequence[Buffer],
    offsets: Sequence[int],
    bound: int,
    alignment: int,
    streams: Sequence[Stream],
) -> MemoryPlan:
    placed = [Allocation(b, o) for b, o in zip(buffers, offsets, strict=True)]
    placed.sort(key=lambda a: (a.buffer.first, a.offset))
    return MemoryPlan(tuple(placed), max(a.end for a in placed), bound, alignment, tuple(streams))
