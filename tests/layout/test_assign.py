"""The assignment of layouts: against all combinations, and on networks under their limits."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from edgekit import layout, streaming, targets
from edgekit.compiler import Compiled, compile_graph
from edgekit.ir import Graph
from edgekit.kernels import Goal, portable
from edgekit.memory import verify_plan
from edgekit.ops import ColumnPairs, Cost, KernelChoice, Layout
from edgekit.ops._common import Activation, Padding
from edgekit.targets import CONSOLE, Target
from tests.support.laid_out_networks import laid_out_network
from tests.support.networks import Network

DSP = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda each: ("mve" not in each.core.features, each.ram_bytes),
)
LAYOUTS = (ColumnPairs(4, 3, 1, 1, 0), ColumnPairs(6, 3, 1, 1, 0))
RELU = {"fused_activation_function": Activation.RELU}


def _branching(seed: int) -> Graph:
    """Elementwise ops of one or two inputs, of any earlier tensors each."""
    net = Network(seed)
    made = [net.input((1, 4, 4, 2))]
    for _ in range(int(net.random.integers(2, 7))):
        given = [int(net.random.choice(made)) for _ in range(int(net.random.integers(1, 3)))]
        made.append(net.add("ADD" if len(given) == 2 else "RELU6", tuple(given)))
    outputs = {made[-1], int(net.random.choice(made[1:]))}
    return net.graph(*sorted(outputs))


def _some_options(graph: Graph, seed: int) -> list[list[KernelChoice]]:
    """Kernels between any layouts, of random costs; one from NHWC to NHWC is always there."""
    random = np.random.default_rng(seed)
    found = []
    for _ in graph.ops:
        both = itertools.product((None, *LAYOUTS), repeat=2)
        drawn = [(None, None), *(each for each in both if random.random() < 0.4)]
        found.append(
            [
                KernelChoice(
                    "k", "s8", (), cost=Cost(float(random.integers(100)), 0), reads=r, writes=w
                )
                for r, w in drawn
            ]
        )
    return found


def _agree(graph: Graph, choices: Sequence[KernelChoice]) -> bool:
    """Every reader finds what the writer wrote; written apart from the assignment."""
    how: dict[int, Layout] = {
        op.outputs[0]: c.writes for op, c in zip(graph.ops, choices, strict=True)
    }
    if any(how.get(i) is not None for i in graph.outputs):
        return False
    return all(
        how.get(index) == (choice.reads if slot == 0 else None)
        for op, choice in zip(graph.ops, choices, strict=True)
        for slot, index in enumerate(op.inputs)
    )


def _instructions(choice: KernelChoice) -> float:
    assert choice.cost is not None
    return choice.cost.instructions


@pytest.mark.parametrize("seed", range(40))
def test_no_other_combination_is_cheaper(seed: int) -> None:
    graph = _branching(seed)
    options = [each[:5] for each in _some_options(graph, seed)]
    found = layout.cheapest(graph, options, _instructions)
    assert _agree(graph, found)
    least = min(
        sum(map(_instructions, tried))
        for tried in itertools.product(*options)
        if _agree(graph, tried)
    )
    assert sum(map(_instructions, found)) == least


def test_the_combinations_above_differ_from_nhwc() -> None:
    """Or they show nothing."""
    found = [
        layout.cheapest(graph, [each[:5] for each in _some_options(graph, seed)], _instructions)
        for seed in range(40)
        for graph in (_branching(seed),)
    ]
    assert sum(any(c.writes for c in each) for each in found) > 10


def _pairs(compiled: Compiled) -> list[int]:
    return [i for i, c in enumerate(compiled.code.choices) if c.writes is not None]


def _mobilenet() -> Graph:
    """Its first layers need the most memory, as those of most networks do."""
    net = Network(4)
    low = {"scale": 0.4, "zero_point": -128}
    x = net.input((1, 16, 16, 16))
    for filters, stride in ((32, 2), (24, 1), (24, 1)):
        weights = net.weights((filters, 1, 1, net.tensors[x].shape[3]), 0)
        x = net.add("CONV_2D", (x, weights, net.bias(filters)), dict(RELU), **low)
        window = {"stride_h": stride, "stride_w": stride, **RELU}
        inputs = (x, net.weights((1, 3, 3, filters), 3), net.bias(filters))
        x = net.add("DEPTHWISE_CONV_2D", inputs, window, **low)
    return net.graph(net.conv(x, 8, 1))


def test_a_small_mobilenet_gets_pairs_where_the_arena_has_room() -> None:
    graph = _mobilenet()
    plain = compile_graph(graph, DSP, lay_out=layout.never)
    found = compile_graph(graph, DSP)
    assert _pairs(found)
    assert found.code.plan.arena_bytes <= plain.code.plan.arena_bytes
    assert found.laid is not None
    for edge in found.laid.edges:
        assert edge.why
        assert (edge.layout is None) != edge.why.startswith("saves ")
    whole = sum(c.cost.instructions for c in found.code.choices if c.cost)
    assert whole < sum(c.cost.instructions for c in plain.code.choices if c.cost)


def test_size_takes_none_and_speed_takes_more() -> None:
    taken = {g: len(_pairs(compile_graph(_mobilenet(), DSP, goal=g))) for g in Goal}
    assert taken[Goal.SIZE] == 0
    assert taken[Goal.SPEED] >= taken[Goal.BALANCED] > 0


def _one_tensor(*strides: int, output: bool = False) -> Graph:
    """A pointwise layer with a depthwise layer of each stride behind it."""
    net = Network(3)
    x = net.conv(net.input((1, 12, 12, 16)), 16, 1, **RELU)
    weights = net.weights((16, 1, 1, 16), 0)
    y = net.add("CONV_2D", (x, weights, net.bias(16)), RELU, scale=0.3, zero_point=-128)
    found = []
    for stride in strides:
        window = {"stride_h": stride, "stride_w": stride, "padding": Padding.SAME, **RELU}
        inputs = (y, net.weights((1, 3, 3, 16), 3), net.bias(16))
        found.append(net.add("DEPTHWISE_CONV_2D", inputs, window, scale=0.4, zero_point=-128))
    return net.graph(*found, *([y] if output else []))


def test_all_readers_must_want_the_same() -> None:
    fast = {"goal": Goal.SPEED, "stream": streaming.never}
    assert len(_pairs(compile_graph(_one_tensor(1), DSP, **fast))) == 1
    assert len(_pairs(compile_graph(_one_tensor(1, 1), DSP, **fast))) == 1
    assert not _pairs(compile_graph(_one_tensor(1, 2), DSP, **fast))
    assert not _pairs(compile_graph(_one_tensor(1, output=True), DSP, **fast))


def _with(**length_bytes: int) -> Target:
    memories = tuple(
        dataclasses.replace(each, length_bytes=length_bytes.get(each.kind, each.length_bytes))
        for each in DSP.soc.memories
    )
    return dataclasses.replace(DSP, soc=dataclasses.replace(DSP.soc, memories=memories))


def test_a_board_with_little_ram_keeps_nhwc() -> None:
    graph = _one_tensor(1)
    arena = compile_graph(graph, DSP, goal=Goal.SPEED, lay_out=layout.never).code.plan.arena_bytes
    inputs = sum(graph.tensors[i].nbytes for i in graph.inputs)
    room = DSP.soc.stack_bytes + CONSOLE.ram_bytes + inputs + arena
    found = compile_graph(graph, _with(ram=room), goal=Goal.SPEED)
    assert not _pairs(found)
    assert found.laid is not None
    assert [edge.why for edge in found.laid.edges] == [
        f"the arena would be larger than {arena:,} bytes"
    ]


def test_an_arena_is_no_larger_than_any_memory_of_the_board() -> None:
    graph = _one_tensor(1)
    fast, plain = (
        compile_graph(graph, DSP, goal=Goal.SPEED, lay_out=each).code.plan.arena_bytes
        for each in (layout.assign, layout.never)
    )
    assert fast > plain
    inputs = sum(graph.tensors[i].nbytes for i in graph.inputs)
    rest = DSP.soc.stack_bytes + CONSOLE.ram_bytes + inputs
    # Together they have room for the larger arena, one alone has not.
    ram = next(each for each in DSP.soc.memories if each.kind == "ram")
    flash = tuple(each for each in DSP.soc.memories if each.kind != "ram")
    sizes = (plain + (fast - plain) // 2, rest + fast - plain)
    rams = tuple(
        dataclasses.replace(ram, name=f"ram{i}", length_bytes=size) for i, size in enumerate(sizes)
    )
    small = dataclasses.replace(DSP, soc=dataclasses.replace(DSP.soc, memories=(*flash, *rams)))
    assert not _pairs(compile_graph(graph, small, goal=Goal.SPEED))


def test_kernels_chosen_by_hand_stay_as_they_are() -> None:
    assert not _pairs(compile_graph(_one_tensor(1), DSP, select=portable))


@pytest.mark.parametrize("seed", range(8))
def test_forced_layouts_make_plans_that_hold(seed: int) -> None:
    for keep in (False, True):
        found = compile_graph(laid_out_network(seed), DSP, keep_input=keep, lay_out=layout.forced)
        verify_plan(found.graph, found.code.plan, found.code.choices)
        assert _agree(found.graph, found.code.choices)
