"""Plans of real, small and random graphs, and the verifier against plans made wrong on purpose."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit import ops, tflite
from edgekit.errors import UnsupportedError
from edgekit.ir import Graph, verify_graph
from edgekit.memory import (
    MemoryPlan,
    buffers_of,
    least_order,
    live_bytes,
    plan_memory,
    verify_plan,
    with_kept,
)
from edgekit.memory._verify import PlanError
from edgekit.ops import ColumnPairs, InPlace, KernelChoice
from tests.support.boards import roomiest
from tests.support.corpus import corpus_path
from tests.support.networks import Network, float_network, residual_network


def _choices(graph: Graph, scratch: int = 0, *, in_place: bool = True) -> list[KernelChoice]:
    """The portable kernels, with some scratch each."""
    target = roomiest()
    found = [ops.find(op.kind).kernel(op, graph, target) for op in graph.ops]
    changed = [dataclasses.replace(choice, scratch_bytes=scratch) for choice in found]
    return changed if in_place else [dataclasses.replace(c, in_place=()) for c in changed]


def _plan(graph: Graph, scratch: int = 0, *, in_place: bool = True) -> MemoryPlan:
    return plan_memory(graph, _choices(graph, scratch, in_place=in_place), 4)


@pytest.mark.parametrize("network", [residual_network, float_network])
@pytest.mark.parametrize("scratch", [0, 100])
def test_plan_reaches_the_bound(network, scratch: int) -> None:
    plan = _plan(network(), scratch, in_place=False)
    assert plan.arena_bytes == plan.bound_bytes


# The most bytes alive at one time, counted by hand from the layers' shapes.
PEAKS = {
    "vww_96_int8": 18_432 + 36_864,
    "person_detect_int8": 18_432 + 36_864,
    "resnet8_int8": 3 * 16_384,
    "kws_ref_model_int8": 2 * 8_000,
    "ad01_int8": 640 + 128,
}


@pytest.mark.parametrize("model", sorted(PEAKS))
def test_real_models_need_no_more_than_is_alive(model: str) -> None:
    graph = tflite.read(corpus_path("models", f"{model}.tflite").read_bytes())
    plan = _plan(graph, in_place=False)
    assert plan.arena_bytes == plan.bound_bytes == PEAKS[model]


# Of a chain of layers that work in place, each one begins a few rows or pixels lower.
IN_PLACE = {
    "vww_96_int8": 36_864 + 24,
    "person_detect_int8": 36_864 + 24,
    "resnet8_int8": 2 * 16_384 + 544,
    "kws_ref_model_int8": 8_000 + 2_048,
    "ad01_int8": 640 + 128,
}


@pytest.mark.parametrize("model", sorted(IN_PLACE))
def test_real_models_in_place(model: str) -> None:
    graph = tflite.read(corpus_path("models", f"{model}.tflite").read_bytes())
    plan = _plan(graph)
    assert plan.bound_bytes <= plan.arena_bytes <= IN_PLACE[model]


def _random_graph(seed: int) -> Graph:
    """Layers of random size, each reading one or two earlier values."""
    choose = np.random.default_rng(seed)
    net = Network(seed)
    values = [net.input((1, 4, 4, int(choose.integers(1, 9))))]
    for _ in range(int(choose.integers(3, 14))):
        x = values[int(choose.integers(max(0, len(values) - 4), len(values)))]
        kind = choose.integers(4)
        if kind == 0:
            values.append(net.add("ADD", (x, x)))
        elif kind == 1:
            values.append(net.add("RELU", (x,)))
        elif kind == 2:
            values.append(net.add("RESHAPE", (x,), {"new_shape": net.tensors[x].shape}))
        else:
            values.append(net.conv(x, int(choose.integers(1, 17)), 1))
    return net.graph(values[-1], values[len(values) // 2])


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs(seed: int) -> None:
    graph = _random_graph(seed)
    choices = [
        dataclasses.replace(choice, scratch_bytes=(seed * 7 + i * 13) % 64)
        for i, choice in enumerate(_choices(graph, in_place=seed % 2 == 0))
    ]
    plan = plan_memory(graph, choices, 16)
    assert plan.bound_bytes <= plan.arena_bytes <= 1.5 * plan.bound_bytes
    verify_plan(graph, plan, choices)
    assert plan == plan_memory(graph, choices, 16), "the same graph gives the same plan"


def test_verifier_finds_every_overlap() -> None:
    """Moving any buffer onto another one that is alive with it must be noticed."""
    graph = residual_network()
    choices = _choices(graph, in_place=False)
    plan = plan_memory(graph, choices, 4)
    moved = 0
    for i, one in enumerate(plan.allocations):
        for other in plan.allocations:
            if one is other or not one.buffer.meets(other.buffer):
                continue
            wrong = list(plan.allocations)
            wrong[i] = dataclasses.replace(one, offset=other.offset)
            if one.offset == other.offset:
                continue
            moved += 1
            arena = max(plan.arena_bytes, *(a.end for a in wrong))
            bad = dataclasses.replace(plan, allocations=tuple(wrong), arena_bytes=arena)
            with pytest.raises(PlanError):
                verify_plan(graph, bad, choices)
    assert moved > 5


def test_verifier_finds_an_output_that_starts_too_late_in_its_input() -> None:
    """Half of the lead that a kernel asks for is not enough."""
    net = Network()
    graph = net.graph(net.conv(net.input((1, 8, 8, 3)), 3, 3))
    choices = _choices(graph)
    plan = plan_memory(graph, choices, 4)
    assert plan.arena_bytes < 2 * 192, "it works in place"
    source = next(a for a in plan.allocations if a.buffer.first == -1)
    shorter = dataclasses.replace(source, offset=choices[0].in_place[0].lead // 2 // 4 * 4)
    moved = tuple(shorter if a is source else a for a in plan.allocations)
    bad = dataclasses.replace(plan, allocations=moved)
    with pytest.raises(PlanError, match="lost during op 0"):
        verify_plan(graph, bad, choices)


def test_verifier_finds_scratch_in_an_input() -> None:
    net = Network()
    graph = net.graph(net.conv(net.input((1, 8, 8, 3)), 3, 3))
    choices = _choices(graph, 16, in_place=False)
    plan = plan_memory(graph, choices, 4)
    source = next(a for a in plan.allocations if a.buffer.first == -1)
    moved = tuple(
        a if a.buffer.tensors else dataclasses.replace(a, offset=source.offset)
        for a in plan.allocations
    )
    with pytest.raises(PlanError, match="scratch lies in one of its inputs"):
        verify_plan(graph, dataclasses.replace(plan, allocations=moved), choices)


def test_scratch_may_reach_into_an_input_that_nothing_reads_later() -> None:
    net = Network()
    graph = net.graph(net.dense(net.input((1, 64)), 8))
    rule = InPlace(0, 60)
    choices = [
        dataclasses.replace(c, scratch_bytes=128, scratch_in_place=(rule,)) for c in _choices(graph)
    ]
    plan = plan_memory(graph, choices, 4)
    assert plan.arena_bytes == plan.bound_bytes == 128 + 8
    nearer = tuple(
        dataclasses.replace(a, offset=a.offset - 4) if a.buffer.first == -1 else a
        for a in plan.allocations
    )
    with pytest.raises(PlanError, match="scratch lies in one of its inputs"):
        verify_plan(graph, dataclasses.replace(plan, allocations=nearer), choices)


def test_scratch_spares_an_input_that_is_read_later() -> None:
    net = Network()
    x = net.input((1, 64))
    graph = net.graph(net.dense(x, 8), net.dense(x, 4))
    choices = [
        dataclasses.replace(c, scratch_bytes=128, scratch_in_place=(InPlace(0),))
        for c in _choices(graph)
    ]
    plan = plan_memory(graph, choices, 4)
    assert plan.arena_bytes == 64 + 128 + 8
    scratch = next(a for a in plan.allocations if a.buffer.first == 0 and not a.buffer.tensors)
    source = plan.offset(x)
    bad = tuple(
        dataclasses.replace(a, offset=source) if a is scratch else a for a in plan.allocations
    )
    with pytest.raises(PlanError, match="lost"):
        verify_plan(graph, dataclasses.replace(plan, allocations=bad, arena_bytes=1024), choices)


def test_verifier_finds_an_arena_that_is_too_small() -> None:
    graph = residual_network()
    choices = _choices(graph)
    plan = plan_memory(graph, choices, 4)
    bad = dataclasses.replace(plan, arena_bytes=plan.arena_bytes - 1)
    with pytest.raises(PlanError):
        verify_plan(graph, bad, choices)


def test_verifier_finds_a_wrong_alignment() -> None:
    graph = residual_network()
    choices = _choices(graph)
    plan = plan_memory(graph, choices, 4)
    shifted = tuple(dataclasses.replace(a, offset=a.offset + 2) for a in plan.allocations)
    bad = dataclasses.replace(plan, allocations=shifted, arena_bytes=plan.arena_bytes + 2)
    with pytest.raises(PlanError, match="aligned"):
        verify_plan(graph, bad, choices)


def test_input_and_output_share_the_arena_unless_the_input_is_kept() -> None:
    net = Network()
    graph = net.graph(net.conv(net.input((1, 8, 8, 4)), 4, 1))
    choices = _choices(graph)
    shared = plan_memory(graph, choices, 4)
    assert shared.arena_bytes == 256 + 4
    kept = plan_memory(with_kept(graph), choices, 4)
    assert kept.arena_bytes == kept.bound_bytes == 512
    with pytest.raises(PlanError, match="at the end"):
        verify_plan(with_kept(graph), shared, choices)


def test_reshape_shares_its_inputs_place() -> None:
    graph = residual_network()
    plan = _plan(graph)
    reshape = next(op for op in graph.ops if op.kind == "RESHAPE")
    assert plan.offset(reshape.inputs[0]) == plan.offset(reshape.outputs[0])


def test_refuses_an_arena_of_gigabytes() -> None:
    net = Network()
    graph = net.graph(net.add("RELU", (net.input((1, 40_000, 40_000, 1)),)))
    with pytest.raises(UnsupportedError, match="bytes of RAM"):
        _plan(graph)


def test_live_bytes_of_a_chain() -> None:
    net = Network()
    x = net.input((1, 4, 4, 1))
    x = net.conv(x, 2, 1)
    graph = net.graph(net.conv(x, 3, 1))
    buffers = buffers_of(graph, _choices(graph), 4)
    assert live_bytes(buffers, 2) == [16, 16 + 32, 32 + 48, 48]


def test_a_chain_in_place_leaves_room_for_its_scratch_buffers() -> None:
    """Outputs reach into their inputs: all tensors need one's bytes and the leads."""
    net = Network(3)
    x = net.input((1, 25, 5, 64))
    for _ in range(4):
        x = net.conv(net.depthwise(x, 3), 64, 1)
    graph = net.graph(x)
    leads = [each.lead for choice in _choices(graph) for each in choice.in_place]
    assert _plan(graph, 160).arena_bytes <= 25 * 5 * 64 + sum(leads) + 160


def test_an_order_that_needs_less() -> None:
    """Two branches that widen and narrow again: one after the other, not side by side."""
    net = Network()
    x = net.input((1, 8, 8, 4))
    wide = [net.conv(x, 32, 1) for _ in range(2)]
    narrow = [net.conv(each, 4, 1) for each in wide]
    graph = net.graph(net.add("ADD", (narrow[0], narrow[1])))
    choices = _choices(graph, in_place=False)
    ordered, own = least_order(graph, choices, 4)
    verify_graph(ordered)
    assert [op.outputs[0] for op in ordered.ops] != [op.outputs[0] for op in graph.ops]
    assert [ops.find(o.kind).kernel(o, ordered, roomiest()).function for o in ordered.ops] == [
        choice.function for choice in own
    ]
    assert plan_memory(graph, choices, 4).arena_bytes == 256 + 2 * 2048
    assert plan_memory(ordered, own, 4).arena_bytes == 2 * 256 + 2048


@pytest.mark.parametrize("seed", range(20))
def test_orders_of_random_graphs(seed: int) -> None:
    graph = _random_graph(seed)
    choices = _choices(graph)
    ordered, own = least_order(graph, choices, 4)
    verify_graph(ordered)
    assert sorted(map(repr, ordered.ops)) == sorted(map(repr, graph.ops))
    plans = [plan_memory(graph, choices, 4), plan_memory(ordered, own, 4)]
    assert plans[1].bound_bytes <= plans[0].bound_bytes


def test_a_chain_keeps_its_order() -> None:
    graph = residual_network()
    assert least_order(graph, _choices(graph), 4)[0].ops == graph.ops


_PAIRS = ColumnPairs(12, 5, 1, 1, 4)


def _laid_out() -> tuple[Graph, list[KernelChoice]]:
    """The first convolution's output lies as pairs of columns for the depthwise layer behind it."""
    net = Network(1)
    x = net.conv(net.input((1, 9, 8, 3)), 6, 3)
    graph = net.graph(net.conv(net.depthwise(x, 3), 2, 1))
    first, second, third = _choices(graph, in_place=False)
    first = dataclasses.replace(first, writes=_PAIRS)
    return graph, [first, dataclasses.replace(second, reads=_PAIRS), third]


def test_a_tensor_takes_the_bytes_of_its_layout() -> None:
    graph, choices = _laid_out()
    plan = plan_memory(graph, choices, 4)
    made = next(
        a.buffer.nbytes for a in plan.allocations if graph.ops[0].outputs[0] in a.buffer.tensors
    )
    assert made == 6 * 12 * 5 * 4 > 9 * 8 * 6
    assert plan.arena_bytes == made + 9 * 8 * 6


def test_the_verifier_refuses_layouts_that_disagree() -> None:
    graph, choices = _laid_out()
    plan = plan_memory(graph, choices, 4)
    plain = dataclasses.replace(choices[1], reads=None)
    with pytest.raises(PlanError, match="another layout"):
        verify_plan(graph, plan, [choices[0], plain, choices[2]])
    other = dataclasses.replace(choices[1], reads=dataclasses.replace(_PAIRS, border=0))
    with pytest.raises(PlanError, match="another layout"):
        verify_plan(graph, plan, [choices[0], other, choices[2]])
    last = dataclasses.replace(choices[2], writes=_PAIRS)
    with pytest.raises(PlanError, match="is not NHWC"):
        verify_plan(graph, plan, [choices[0], choices[1], last])
    small = [dataclasses.replace(choices[0], writes=None), plain, choices[2]]
    with pytest.raises(PlanError):  # planned for less than what lies there
        verify_plan(graph, plan_memory(graph, small, 4), choices)
