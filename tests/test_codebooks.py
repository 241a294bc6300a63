"""Which layers get codes: for size, or where flash is short, and as far as RAM allows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit import kernels, targets
from edgekit.compiler import Compiled, compile_graph
from edgekit.ir import Graph
from edgekit.kernels import Goal
from edgekit.report.summary import summarize
from edgekit.targets import CONSOLE, Target
from tests.support.cases import build_graph

ROOMY = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda each: ("mve" not in each.core.features, each.ram_bytes),
)
LEVELS = [-127, -90, -61, -44, -30, -19, -11, -5, 0, 6, 13, 22, 35, 50, 77, 127]


def _with(**length_bytes: int) -> Target:
    memories = tuple(
        dataclasses.replace(each, length_bytes=length_bytes.get(each.kind, each.length_bytes))
        for each in ROOMY.soc.memories
    )
    return dataclasses.replace(ROOMY, soc=dataclasses.replace(ROOMY.soc, memories=memories))


def _chain(levels: list[int] | None, layers: int = 6) -> Graph:
    """Pointwise convolutions one behind the other; `levels` are the values of their weights."""
    one = build_graph(
        "conv_2d",
        {
            "name": "layer",
            "inputs": [
                {"shape": [1, 4, 4, 48], "scale": 0.05},
                {"shape": [48, 1, 1, 48], "scale": 0.01, "const": True}
                | ({} if levels is None else {"among": levels}),
                {"shape": [48], "bias": True},
            ],
        },
    )
    op, (image, weights, bias, made) = one.ops[0], one.tensors
    tensors, ops = [image], []
    for i in range(layers):
        moved = np.roll(np.asarray(weights.data), i, axis=0)
        first = len(tensors)
        tensors += [dataclasses.replace(weights, name=f"w{i}", data=moved), bias, made]
        read = 0 if i == 0 else first - 1
        ops.append(dataclasses.replace(op, inputs=(read, first, first + 1), outputs=(first + 2,)))
    return Graph(tuple(ops), tuple(tensors), (0,), (len(tensors) - 1,))


def _coded(compiled: Compiled) -> int:
    return sum(choice.decoded_bytes > 0 for choice in compiled.code.choices)


def _flash(compiled: Compiled) -> int:
    return kernels.flash_bytes(compiled.code.choices)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return _chain(LEVELS)


def test_size_stores_codes_and_the_other_goals_do_not(graph: Graph) -> None:
    found = {goal: compile_graph(graph, ROOMY, goal=goal) for goal in Goal}
    assert [_coded(found[goal]) for goal in (Goal.SPEED, Goal.BALANCED, Goal.SIZE)] == [0, 0, 6]
    plain = compile_graph(_chain(None), ROOMY, goal=Goal.SIZE)
    assert _coded(plain) == 0, "it has too many values"
    saved = _flash(plain) - _flash(found[Goal.SIZE])
    assert 0.35 * 6 * 48 * 48 < saved < 0.5 * 6 * 48 * 48


@pytest.mark.parametrize("goal", [Goal.SPEED, Goal.BALANCED])
def test_little_flash_takes_codes_for_every_goal(graph: Graph, goal: Goal) -> None:
    smallest = _flash(compile_graph(graph, ROOMY, goal=Goal.SIZE))
    found = compile_graph(graph, _with(flash=CONSOLE.flash_bytes + smallest + 100), goal=goal)
    assert _coded(found) > 0
    assert _flash(found) <= smallest + 100


def test_little_ram_leaves_the_weights_as_they_are(graph: Graph) -> None:
    plain = compile_graph(_chain(None), ROOMY, goal=Goal.SIZE)
    inputs = sum(graph.tensors[i].nbytes for i in graph.inputs)
    needed = plain.code.plan.arena_bytes + ROOMY.soc.stack_bytes + CONSOLE.ram_bytes + inputs
    found = compile_graph(graph, _with(ram=needed + 500), goal=Goal.SIZE)
    assert _coded(found) == 0
    assert found.code.plan.arena_bytes == plain.code.plan.arena_bytes


def test_a_single_layer_is_not_worth_the_ram() -> None:
    assert _coded(compile_graph(_chain(LEVELS, 1), ROOMY, goal=Goal.SIZE)) == 0


def test_shared_weights_are_stored_once_between_constants_that_differ() -> None:
    """Any values: kernels interleave weights with each layer's biases and multipliers."""
    graph = _chain(None)
    first = graph.ops[0].inputs[1]
    tensors = list(graph.tensors)
    for i, op in enumerate(graph.ops):
        bias = tensors[op.inputs[2]]
        tensors[op.inputs[1]] = tensors[first]
        tensors[op.inputs[2]] = dataclasses.replace(bias, data=np.asarray(bias.data) + i)
    graph = dataclasses.replace(graph, tensors=tuple(tensors))
    plain = compile_graph(graph, ROOMY, goal=Goal.BALANCED)
    found = compile_graph(graph, ROOMY, goal=Goal.SIZE)
    assert _coded(found) == len(graph.ops)
    stored = summarize(found).constant_bytes
    assert stored < summarize(plain).constant_bytes - 4 * 48 * 48
    assert stored < 48 * 48 + 256 + len(graph.ops) * 48 * 9
    assert found.code.plan.arena_bytes - plain.code.plan.arena_bytes <= 48 * (48 + 9)
