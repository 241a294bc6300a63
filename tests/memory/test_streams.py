"""Streams in the plan: their bounds, and the verifier against streams made wrong on purpose."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from edgekit import kernels, streaming
from edgekit.ir import Graph
from edgekit.kernels import Goal
from edgekit.memory import MemoryPlan, verify_plan
from edgekit.memory._verify import PlanError
from edgekit.ops import Band, KernelChoice, Rows, Stream
from edgekit.ops._common import Padding
from tests.support.boards import roomiest
from tests.support.networks import Network
from tests.support.streamed_networks import streamed_network

ROW = 8 * 16


def _chain() -> Graph:
    """Pointwise, depthwise 3x3 and pointwise on 16 rows: 16 channels within, 4 outside."""
    net = Network()
    x = net.conv(net.input((1, 16, 8, 4)), 16, 1)
    x = net.depthwise(x, 3, padding=Padding.SAME)
    return net.graph(net.conv(x, 4, 1))


def _streamed(graph: Graph, rows: int = 2) -> streaming.Streamed:
    target = roomiest()
    choices = [kernels.portable(op, graph, target) for op in graph.ops]
    return streaming.forced(graph, choices, target, Goal.SIZE, rows=rows)


def test_a_stream_needs_some_rows_of_what_lies_between() -> None:
    found = _streamed(_chain())
    (stream,) = found.plan.streams
    assert (stream.first, stream.last) == (0, 2)
    assert [stream.rows(p) for p in (0, 1)] == [4, 2]
    # Input and output share a place; four rows above a depthwise step, two below it.
    assert found.plan.arena_bytes <= 16 * 8 * 4 + 3 * 32 + (4 + 2) * ROW
    assert found.plan.arena_bytes == found.plan.bound_bytes


def test_nothing_is_made_twice() -> None:
    (stream,) = _streamed(_chain()).plan.streams
    for position in stream.positions:
        made = [stream.band(step, position).made for step in range(len(stream.steps))]
        assert [rows.first for rows in made] == [0, *(rows.end for rows in made[:-1])]
        assert made[-1].end == 16
    assert [count for _, count in stream.runs()] == [1, 6, 1]


def test_rows_that_nothing_reads_are_not_made() -> None:
    """A pointwise layer of stride 2 does not read the last of 8 rows."""
    net = Network()
    x = net.conv(net.input((1, 8, 4, 4)), 4, 1)
    stream = streaming.schedule(net.graph(net.conv(x, 4, 1, stride_h=2)), 0, 1, 1)
    assert stream is not None
    assert stream.band(len(stream.steps) - 1, 0).made.end == 7


def test_rows_are_made_early_where_a_kernel_makes_pairs_of_them() -> None:
    stream = streaming.schedule(_chain(), 0, 2, 2, grain=2)
    assert stream is not None
    made = [[band.made.count for band in bands] for bands in stream.steps]
    assert made[0] == [4, 2, 2]
    assert made[-1] == [0, 2, 2]
    assert all(rows == [2, 2, 2] for rows in made[1:-1])


def test_a_tensor_that_is_read_elsewhere_is_not_streamed() -> None:
    net = Network()
    x = net.conv(net.input((1, 8, 4, 4)), 4, 1)
    y = net.conv(x, 4, 1)
    assert streaming.schedule(net.graph(y, net.add("RELU", (x,))), 0, 1, 1) is None
    assert streaming.schedule(net.graph(y, x), 0, 1, 1) is None


def test_where_ram_is_short_what_size_would_stream_is_streamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph, target = _chain(), roomiest()
    choices = [kernels.portable(op, graph, target) for op in graph.ops]
    assert not streaming.choose(graph, choices, target, Goal.SPEED).plan.streams
    monkeypatch.setattr("edgekit.streaming._choose.room_for_arena", lambda *_: 1000)
    small = streaming.choose(graph, choices, target, Goal.SPEED)
    assert small.plan.streams
    assert small.plan == streaming.choose(graph, choices, target, Goal.SIZE).plan


def test_a_batch_is_not_streamed() -> None:
    net = Network()
    x = net.conv(net.input((2, 8, 4, 4)), 4, 1)
    assert streaming.schedule(net.graph(net.conv(x, 4, 1)), 0, 1, 1) is None


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("rows", [1, 2, 4])
def test_random_networks(seed: int, rows: int) -> None:
    """plan_memory verifies every plan; and the verifier sees each buffer that is a row short."""
    graph = streamed_network(seed)
    found = _streamed(graph, rows)
    for allocation in found.plan.allocations:
        inner = {
            graph.ops[p].outputs[0] for s in found.plan.streams for p in s.positions if p != s.last
        }
        if not inner & set(allocation.buffer.tensors):
            continue
        smaller = dataclasses.replace(allocation.buffer, nbytes=allocation.buffer.nbytes - 4)
        with pytest.raises(PlanError, match="outside of their buffer"):
            _verify(graph, found, allocation, dataclasses.replace(allocation, buffer=smaller))


def _verify(graph: Graph, found: streaming.Streamed, old: object, new: object) -> None:
    moved = tuple(new if a is old else a for a in found.plan.allocations)
    plan = dataclasses.replace(found.plan, allocations=moved)  # type: ignore[arg-type]
    verify_plan(graph, plan, found.choices)


def _with_band(
    plan: MemoryPlan, step: int, member: int, change: Callable[[Band], Band]
) -> MemoryPlan:
    (stream,) = plan.streams
    bands = list(stream.steps[step])
    bands[member] = change(bands[member])
    steps = (*stream.steps[:step], tuple(bands), *stream.steps[step + 1 :])
    return dataclasses.replace(plan, streams=(dataclasses.replace(stream, steps=steps),))


def _fewer(band: Band) -> Band:
    return dataclasses.replace(band, made=Rows(band.made.first, band.made.count - 1))


def _again(band: Band) -> Band:
    return dataclasses.replace(band, made=Rows(band.made.first - 1, band.made.count + 1))


def _unpadded(band: Band) -> Band:
    return dataclasses.replace(band, read=dataclasses.replace(band.read, above=0))


def _forgotten(band: Band) -> Band:
    return dataclasses.replace(band, base=band.base + 1)


@pytest.mark.parametrize(
    ("step", "member", "change", "message"),
    [
        (1, 0, _fewer, "reads|lost|rows"),
        (1, 0, _again, "are made"),
        (0, 1, _unpadded, "the op needs"),
        (2, 0, _forgotten, "outside of their buffer"),
        (7, 2, _fewer, "the op needs|makes"),
    ],
)
def test_verifier_finds_a_wrong_step(
    step: int, member: int, change: Callable[[Band], Band], message: str
) -> None:
    graph = _chain()
    found = _streamed(graph)
    verify_plan(graph, found.plan, found.choices)
    with pytest.raises(PlanError, match=message):
        verify_plan(graph, _with_band(found.plan, step, member, change), found.choices)


def test_verifier_finds_every_overlap() -> None:
    """Any buffer that is moved by a row must be noticed, where others are around it."""
    graph = _chain()
    found = _streamed(graph)
    noticed = 0
    for one in found.plan.allocations:
        for other in found.plan.allocations:
            if one is other or not one.buffer.meets(other.buffer) or one.offset == other.offset:
                continue
            moved = dataclasses.replace(one, offset=other.offset)
            try:
                _verify(graph, found, one, moved)
            except PlanError:
                noticed += 1
            else:
                assert _may_share(graph, found.choices, found.plan.streams[0], one, other)
    assert noticed > 5


def _may_share(
    graph: Graph, choices: tuple[KernelChoice, ...], stream: Stream, one: object, other: object
) -> bool:
    """Input and output of the stream may begin at one place if the rules have no lead."""
    ends = {graph.inputs[0], graph.outputs[0]}
    tensors = {i for a in (one, other) for i in a.buffer.tensors}  # type: ignore[attr-defined]
    return tensors == ends


def test_verifier_finds_a_result_that_overtakes_its_input() -> None:
    """The result may follow the input down, but not begin above it."""
    graph = _chain()
    found = _streamed(graph)
    source = next(a for a in found.plan.allocations if graph.inputs[0] in a.buffer.tensors)
    result = next(a for a in found.plan.allocations if graph.outputs[0] in a.buffer.tensors)
    assert result.offset <= source.offset < result.end, "they overlap"
    with pytest.raises(PlanError):
        _verify(graph, found, result, dataclasses.replace(result, offset=source.offset + 64))
