"""The fuzzer: its rounds can be repeated, and a wrong byte is found and named."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from edgekit.ir import Graph
from edgekit.ir.tensor import Array
from edgekit.oracles import numpy_reference
from tests.support.boards import roomiest
from tests.support.random_cases import random_cases

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import fuzz  # noqa: E402  # a program beside the package


def test_a_seed_always_gives_the_same_cases() -> None:
    first, again, other = (fuzz.cases_of(seed) for seed in (5, 5, 6))
    assert [str(case) for case in first] == [str(case) for case in again]
    for a, b in zip(first, again, strict=True):
        for x, y in zip(a.graph.tensors, b.graph.tensors, strict=True):
            assert (x.shape, x.quant) == (y.shape, y.quant)
            assert np.array_equal(x.data, y.data) if x.data is not None else y.data is None
    assert [str(case) for case in first] != [str(case) for case in other]


def test_every_board_has_its_turn_with_seeds_of_its_own() -> None:
    found = list(itertools.islice(fuzz.rounds(40, ["a", "b", "c"]), 7))
    assert [each.board for each in found] == list("abcabca")
    assert len({each.seed for each in found}) == 7


def test_a_wrong_byte_is_found_and_the_command_to_repeat_it_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = random_cases("fully_connected", 1, seed=2)[0]
    right = numpy_reference.run

    def wrong(data: bytes, graph: Graph, inputs: list[list[Array]]) -> list[list[Array]]:
        outputs = [list(each) for each in right(data, graph, inputs)]
        outputs[0][-1] = outputs[0][-1] ^ 1
        return outputs

    monkeypatch.setattr(fuzz, "cases_of", lambda seed: [case])
    board = roomiest().board.name
    assert not fuzz.play(fuzz.Round(7, board)).problem
    monkeypatch.setattr(numpy_reference, "run", wrong)
    outcome = fuzz.play(fuzz.Round(7, board))
    assert "FAIL fully_connected" in outcome.problem or f"FAIL {case.name}" in outcome.problem
    fuzz.report(outcome)
    assert f"--seed 7 --boards {board}" in capsys.readouterr().err
