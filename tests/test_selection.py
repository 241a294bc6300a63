"""Kernels within a board's flash and RAM: cheaper ones are taken layer by layer before failing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from edgekit import builder, kernels, passes, targets, tflite
from edgekit.compiler import compile_tflite
from edgekit.ir import Graph
from edgekit.kernels import Goal
from edgekit.selection import Selection, select
from edgekit.targets import CONSOLE, Target
from tests.support.corpus import corpus_path
from tests.support.tools import needs

ROOMY = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda each: ("mve" not in each.core.features, each.ram_bytes),
)


def _with(**length_bytes: int) -> Target:
    """The roomy board with less flash or RAM."""
    memories = tuple(
        dataclasses.replace(each, length_bytes=length_bytes.get(each.kind, each.length_bytes))
        for each in ROOMY.soc.memories
    )
    return dataclasses.replace(ROOMY, soc=dataclasses.replace(ROOMY.soc, memories=memories))


@pytest.fixture(scope="module")
def model() -> bytes:
    return corpus_path("models", "kws_ref_model_int8.tflite").read_bytes()


@pytest.fixture(scope="module")
def graph(model: bytes) -> Graph:
    return passes.run(tflite.read(model))


def _instructions(found: Selection) -> float:
    return sum(c.cost.instructions for c in found.choices if c.cost is not None)


def test_a_roomy_board_gets_the_goals_own_choice(graph: Graph) -> None:
    sizes = {goal: select(graph, ROOMY, goal) for goal in Goal}
    assert all(found.short == () for found in sizes.values())
    flash = {goal: kernels.flash_bytes(found.choices) for goal, found in sizes.items()}
    assert flash[Goal.SIZE] < flash[Goal.BALANCED] < flash[Goal.SPEED]
    assert _instructions(sizes[Goal.SPEED]) < _instructions(sizes[Goal.BALANCED])


def test_little_flash_takes_cheaper_kernels_layer_by_layer(graph: Graph) -> None:
    smallest, fastest = (select(graph, ROOMY, goal) for goal in (Goal.SIZE, Goal.SPEED))
    low, high = (kernels.flash_bytes(found.choices) for found in (smallest, fastest))
    before = _instructions(fastest)
    for room in range(high - 1, low, (low - high) // 4):
        found = select(graph, _with(flash=CONSOLE.flash_bytes + room), Goal.SPEED)
        assert found.short == ("flash",)
        assert kernels.flash_bytes(found.choices) <= room
        assert before <= _instructions(found) < _instructions(smallest)
        before = _instructions(found)


def test_the_image_fits_the_small_board(model: bytes, tmp_path: Path) -> None:
    """The linker agrees: its script has the small board's memories."""
    needs("cmake", f"{ROOMY.core.toolchain}gcc")
    target = _with(flash=64 * 1024)
    assert select(passes.run(tflite.read(model)), ROOMY, Goal.SPEED).short == ()
    compiled = compile_tflite(model, target, "kws", goal=Goal.SPEED)
    assert compiled.selection is not None
    assert compiled.selection.short == ("flash",)
    tree = builder.project_tree(target, "kws", 490) | compiled.tree()
    tree["include/ek_build_id.h"] = '#define EK_BUILD_ID "0123456789abcdef"\n'
    for path, text in tree.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert builder.build(tmp_path, tmp_path / "build").sizes.flash_bytes <= target.flash_bytes


def test_little_ram_takes_kernels_with_less_scratch(graph: Graph) -> None:
    free = select(graph, ROOMY, Goal.BALANCED)
    inputs = sum(graph.tensors[i].nbytes for i in graph.inputs)
    base = ROOMY.soc.stack_bytes + CONSOLE.ram_bytes + inputs
    arena = free.plan.arena_bytes - 64
    found = select(graph, _with(ram=base + arena), Goal.BALANCED)
    assert found.short == ("RAM",)
    assert found.plan.arena_bytes <= arena


def test_too_little_of_all_is_left_to_the_fit_check(graph: Graph) -> None:
    found = select(graph, _with(flash=CONSOLE.flash_bytes + 1000, ram=4096), Goal.BALANCED)
    smallest = select(graph, ROOMY, Goal.SIZE)
    assert kernels.flash_bytes(found.choices) == kernels.flash_bytes(smallest.choices)
