"""MLPerf Tiny on an emulated board: a slice of the keyword task's own data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgekit import pipeline, targets
from edgekit.cli import main
from edgekit.errors import ExitCode
from edgekit.oracles import numpy_reference
from tests.support.corpus import corpus_path
from tests.support.tools import needs_emulator

pytestmark = pytest.mark.emulated

BOARD = "netduino_plus_2"
SLICE = slice(500, 520)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_emulator(targets.load_board(BOARD))
    folder = tmp_path_factory.mktemp("mlperf") / "out"
    source = corpus_path("models", "kws_ref_model_int8.tflite")
    words = ["convert", str(source), "--board", BOARD, "--name", "kws01", "--out", str(folder)]
    assert main(words) == ExitCode.OK
    return folder


def test_both_modes(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(corpus_path("kws01", "kws01.npz")) as data:
        x, y = data["x"][SLICE], data["y"][SLICE]
    graph = pipeline.open_project(project).compiled().source
    answers = numpy_reference.run(b"", graph, [(np.ascontiguousarray(s[None]),) for s in x])
    right = np.array([int(np.argmax(outputs[-1])) for outputs in answers])
    np.savez(tmp_path / "data.npz", x=x, y=y)
    words = ["mlperf", str(project), "--emulate", "--data", str(tmp_path / "data.npz"), "--json"]
    capsys.readouterr()
    code = main([*words, "--out", str(tmp_path / "results")])
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"]["samples"] == len(y)
    assert found["accuracy"]["top_1"] == np.mean(right == y)
    assert code == (ExitCode.OK if found["accuracy"]["passes"] else ExitCode.REGRESSION)
    assert found["performance"]["median_hz"] is None, "no rate is claimed of an emulator"
    assert found["system"]["emulated"]
    assert not found["system"]["warnings"]
    assert 2e6 < found["performance"]["instructions"] < 4e6
    page = (project / "report.html").read_text()
    assert f"{found['performance']['instructions']:,} instructions each" in page
    below = tmp_path / "results" / "results" / BOARD / "kws01"
    log = (below / "accuracy" / "log.txt").read_text().splitlines()
    assert log.count("> infer 1 0%") == len(y)
    assert sum(line.startswith("> db load 490") for line in log) == len(y)
    assert json.loads((below / "performance" / "results.json").read_text())["loops"] == 5

    # Labels that are nobody's: below the floor.
    np.savez(tmp_path / "wrong.npz", x=x[:3], y=(right[:3] + 1) % 12)
    words[4] = str(tmp_path / "wrong.npz")
    words += ["--mode", "accuracy", "--out", str(tmp_path / "results")]
    assert main(words) == ExitCode.INPUT, "earlier results are not overwritten"
    assert main([*words, "--force"]) == ExitCode.REGRESSION


def test_without_data(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mlperf", str(project), "--emulate", "--mode", "accuracy"]) == ExitCode.INPUT
    assert "needs --data" in capsys.readouterr().err
    assert not (project / "mlperf").exists()
