"""The memory plan and the wiring as report.json keeps them."""

from __future__ import annotations

from edgekit.report.memory import edges_of, memory_of
from tests.support.findings import compiled
from tests.support.networks import residual_network


def test_blocks_are_the_plan() -> None:
    made = compiled()
    rows = memory_of(made)
    plan = made.code.plan
    assert rows.arena_bytes == plan.arena_bytes
    assert max(b.offset + b.nbytes for b in rows.blocks) <= plan.arena_bytes
    assert len(rows.blocks) == len(plan.allocations)
    for block, allocation in zip(rows.blocks, plan.allocations, strict=True):
        assert (block.offset, block.nbytes) == (allocation.offset, allocation.buffer.nbytes)
        assert (block.role == "scratch") == (not allocation.buffer.tensors)
    (first,) = [b for b in rows.blocks if b.role == "input"]
    assert first.first == -1
    (last,) = [b for b in rows.blocks if b.role == "output"]
    assert last.last == len(made.graph.ops)
    assert [(s.first, s.last) for s in rows.streams] == [(s.first, s.last) for s in plan.streams]


def test_edges_have_the_skip_connection() -> None:
    edges = edges_of(residual_network())
    assert edges[0] == (-1, 0)
    assert (0, 3) in edges, "ADD reads the first convolution too"
    assert all(a < b for a, b in edges)
