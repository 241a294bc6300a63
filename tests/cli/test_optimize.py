"""`edgekit optimize`, by the real command: limits that are met, and one that can't be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgekit import targets
from edgekit.cli import main
from edgekit.errors import ExitCode
from tests.support.here import here
from tests.support.tensorflow import needs_tensorflow
from tests.support.tools import needs_emulator

BOARD = "netduino_plus_2"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["zoo:cnn"], "no limit is given"),
        (["zoo:cnn", "--max-latency", "100"], "is not a time"),
        (["zoo:cnn", "--max-ram", "64q"], "is not a size"),
        (["zoo:cnm", "--max-ram", "64k"], "cnn"),
        (["gone.keras", "--max-ram", "64k"], "gone.keras"),
    ],
)
def test_refused_before_anything_is_loaded(
    words: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["optimize", *words, "--board", BOARD, "--data", "digits"]) == ExitCode.INPUT
    error = capfd.readouterr().err
    assert message in error
    assert "Traceback" not in error


@pytest.mark.slow
@pytest.mark.emulated
@needs_tensorflow[0]
@needs_tensorflow[1]
def test_limits_met_and_not(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    needs_emulator(targets.load_board(BOARD))
    out = tmp_path / "out"
    words = ["optimize", "zoo:cnn?input=16x16x1&classes=10", "--board", BOARD, "--data", "digits"]
    words += ["--epochs", "1", "--train-epochs", "6", "--learning-rate", "5e-3", "--json"]
    easy = ["--max-latency", "50ms", "--max-drop", "5pt", "--out", str(out)]
    assert main([*words, *easy]) == ExitCode.OK
    found = json.loads(capfd.readouterr().out)
    assert found["met"] is True
    assert [each["name"] for each in found["tried"]] == ["int8 PTQ"]
    assert found["best"]["figures"]["counted"] is True
    assert "an estimate" in found["basis"]
    assert found["test"]["accuracy"] > 0.8
    assert main(["verify", str(out), "--on", "host", "--json"]) == ExitCode.OK
    capfd.readouterr()
    with here():  # the child has been seen to work
        assert main([*words, "--max-ram", "2k"]) == ExitCode.DOES_NOT_FIT
    found = json.loads(capfd.readouterr().out)
    assert found["met"] is False
    assert found["explanation"][0].startswith("not met: RAM by ")
