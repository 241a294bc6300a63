from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import targets
from edgekit.harness.cycles import estimate
from edgekit.targets import INSTRUCTION_CLASSES, CycleModel, instructions
from tests.support import tiny
from tests.support.boards import roomiest
from tests.support.tools import needs_emulator


def test_an_estimate_is_a_sum_of_products() -> None:
    counts = tuple(range(len(INSTRUCTION_CLASSES)))
    ones = CycleModel("ones", (1,) * len(counts))
    assert ones.cycles(counts) == sum(counts)
    beside = counts[INSTRUCTION_CLASSES.index("multiple_register")] + counts[-1]
    assert INSTRUCTION_CLASSES[-1] == "load_pc"
    assert instructions(counts) == sum(counts) - beside


@pytest.mark.emulated
def test_every_model_of_the_core_and_every_op() -> None:
    target = roomiest()
    needs_emulator(target)
    elf = tiny.firmware(target.board.name).elf
    found = estimate(elf, target, "tiny", [tiny.random_input(1)])
    assert [e.title for e in found] == [m.title for m in target.core.cycle_models]
    assert found
    for each in found:
        assert len(each.ops) == 2
        assert 0 < each.cycles - sum(each.ops) < 100  # the calls around them
        assert each.cycles > 600 * 10
    assert estimate(elf, target, "tiny", [tiny.random_input(1)]) == found


def test_no_figure_without_a_model() -> None:
    target = roomiest()
    core = replace(target.core, cycle_models=())
    bare = replace(target, soc=replace(target.soc, core=core))
    assert estimate(Path("x.elf"), bare, "x", []) == ()


def test_no_costs_are_claimed_for_cores_that_overlap_instructions() -> None:
    """docs/cycle-model.md says which cores have a model, and why the others have none."""
    with_model = {t.core.name for t in targets.all_boards() if t.core.cycle_models}
    assert all("mve" not in t.core.features for t in targets.all_boards() if t.core.cycle_models)
    assert len(with_model) == 2
