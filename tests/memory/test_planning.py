"""Plans of real, small and random graphs, and the verifier against plans made wrong on purpose."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit import passes, tflite
from edgekit.errors import UnsupportedError
from edgekit.ir import Graph
from edgekit.memory import MemoryPlan, buffers_of, live_bytes, plan_memory, verify_plan
from edgekit.memory._verify import PlanError
from tests.support.corpus import corpus_path
from tests.support.networks import Network, float_network, residual_network


def _plan(graph: Graph, scratch: int = 0) -> MemoryPlan:
    return plan_memory(graph, [scratch] * len(graph.ops), 4)


@pytest.mark.parametrize("network", [residual_network, float_network])
@pytest.mark.parametrize("scratch", [0, 100])
def test_plan_reaches_the_bound(network, scratch: int) -> None:
    plan = _plan(network(), scratch)
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
    graph = passes.run(tflite.read(corpus_path("models", f"{model}.tflite").read_bytes()))
    plan = _plan(graph)
    assert plan.arena_bytes == plan.bound_bytes == PEAKS[model]


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
    scratch = [(seed * 7 + i * 13) % 64 for i in range(len(graph.ops))]
    plan = plan_memory(graph, scratch, 16)
    assert plan.bound_bytes <= plan.arena_bytes <= 1.3 * plan.bound_bytes
    verify_plan(graph, plan, scratch)
    assert plan == plan_memory(graph, scratch, 16), "the same graph gives the same plan"


def test_verifier_finds_every_overlap() -> None:
    """Moving any buffer onto another one that is alive with it must be noticed."""
    graph = residual_network()
    plan = _plan(graph)
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
                verify_plan(graph, bad, [0] * len(graph.ops))
    assert moved > 5


def test_verifier_finds_an_arena_that_is_too_small() -> None:
    graph = residual_network()
    plan = _plan(graph)
    bad = dataclasses.replace(plan, arena_bytes=plan.arena_bytes - 1)
    with pytest.raises(PlanError):
        verify_plan(graph, bad, [0] * len(graph.ops))


def test_verifier_finds_a_wrong_alignment() -> None:
    graph = residual_network()
    plan = _plan(graph)
    shifted = tuple(dataclasses.replace(a, offset=a.offset + 2) for a in plan.allocations)
    bad = dataclasses.replace(plan, allocations=shifted, arena_bytes=plan.arena_bytes + 2)
    with pytest.raises(PlanError, match="aligned"):
        verify_plan(graph, bad, [0] * len(graph.ops))


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
    buffers = buffers_of(graph, [0, 0], 4)
    assert live_bytes(buffers, 2) == [16, 16 + 32, 32 + 48, 48]
