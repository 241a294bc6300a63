"""`edgekit cluster`, by the real command, and what `convert` makes of the result."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgekit.cli import main
from edgekit.errors import ExitCode
from tests.support.corpus import corpus_path

BOARD = "netduino_plus_2"


@pytest.fixture(scope="module")
def model() -> Path:
    return corpus_path("models", "kws_ref_model_int8.tflite")


def test_from_the_model_to_fewer_bytes_of_flash(
    model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    kws01 = np.load(corpus_path("kws01", "kws01.npz"))
    data, out = tmp_path / "few.npz", tmp_path / "small.tflite"
    np.savez(data, x=kws01["x"][:40], y=kws01["y"][:40])
    words = ["cluster", str(model), "--data", str(data), "--bits", "4", "--max-drop", "10pt"]
    assert main([*words, "--out", str(out), "--json"]) == ExitCode.OK
    found = json.loads(capfd.readouterr().out)
    assert out.stat().st_size == model.stat().st_size
    assert {each["bits"] for each in found["layers"]} == {4}
    assert found["samples"] == found["test_samples"] == 20
    assert found["test_after"] >= found["test_before"] - 0.2
    assert main([*words, "--out", str(out)]) == ExitCode.INPUT, "it is there already"
    assert "exists" in capfd.readouterr().err
    sizes = [_layers(each, "size", capfd) for each in (model, out)]
    codes = [each for each in sizes[1] if each["coded_bits"]]
    assert len(codes) == 6
    assert sum(each["constant_bytes"] for each in sizes[1]) < 0.7 * sum(
        each["constant_bytes"] for each in sizes[0]
    )
    assert all(each["coded_bits"] is None for each in _layers(out, "speed", capfd))


def _layers(model: Path, goal: str, capfd: pytest.CaptureFixture[str]) -> list[dict]:
    words = ["inspect", str(model), "--board", BOARD, "--choices", "--optimize", goal, "--json"]
    assert main(words) == ExitCode.OK
    layers = json.loads(capfd.readouterr().out)["layers"]
    return [option for layer in layers for option in layer["options"] if option["taken"]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.tflite"], "gone.tflite"),
        (["model.keras"], "is no .tflite"),
        (["{model}", "--data", "gone.npz"], "gone.npz"),
        (["{model}", "--max-drop", "much"], "points of accuracy"),
    ],
)
def test_refused(
    words: list[str], message: str, model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.tflite"
    filled = [word.format(model=model) for word in words]
    assert main(["cluster", *filled, "--out", str(out)]) == ExitCode.INPUT
    assert message in capfd.readouterr().err
    assert not out.exists()
