"""`edgekit compare`, by the real command on projects of two sizes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from edgekit import targets
from edgekit.cli import main
from edgekit.errors import ExitCode
from edgekit.pipeline import _compare
from tests.support.networks import Network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs_emulator

pytestmark = pytest.mark.emulated

BOARD = "netduino_plus_2"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    needs_emulator(targets.load_board(BOARD))
    folder = tmp_path_factory.mktemp("compare")
    made = []
    for name, width in (("narrow", 2), ("wide", 12)):
        net = Network(1)
        image = net.conv(net.input((1, 6, 6, 1)), width, 3)
        flat = net.add("RESHAPE", (image,), {"new_shape": (1, 36 * width)})
        source = folder / f"{name}.tflite"
        source.write_bytes(write_tflite(net.graph(net.dense(flat, 3))))
        out = folder / name
        words = ["convert", str(source), "--board", BOARD, "--out", str(out)]
        assert main(words) == ExitCode.OK
        made.append(out)
    return made


def test_figures_of_each_variant(
    projects: list[Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ai_edge_litert", reason="no LiteRT to measure accuracy with")
    random = np.random.default_rng(0)
    data, table, plot = (tmp_path / name for name in ("d.npz", "t.csv", "p.svg"))
    x = random.uniform(-3, 3, (40, 6, 6, 1)).astype(np.float32)
    np.savez(data, x=x, y=random.integers(0, 3, 40))
    capfd.readouterr()
    words = [*map(str, projects), "--data", str(data), "--csv", str(table), "--plot", str(plot)]
    assert main(["compare", *words, "--json"]) == ExitCode.OK
    narrow, wide = json.loads(capfd.readouterr().out)
    assert (narrow["name"], wide["name"]) == ("narrow", "wide")
    assert narrow["parameters"] == 9 * 2 + 2 + 3 * 36 * 2
    assert wide["macs"] == 36 * 9 * 12 + 3 * 36 * 12
    for field in ("tflite_bytes", "gzip_bytes", "flash_bytes", "arena_bytes", "instructions"):
        assert 0 < narrow[field] < wide[field]
    clock = targets.load_board(BOARD).soc.clock_hz
    assert wide["latency_us"] == pytest.approx(wide["cycles"] * 1e6 / clock)
    assert wide["samples"] == 40
    assert wide["accuracy_low"] < wide["accuracy"] < wide["accuracy_high"]
    assert wide["training_s"] is None
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["macs"] for row in rows] == [str(narrow["macs"]), str(wide["macs"])]
    assert b"narrow" in plot.read_bytes()
    assert main(["compare", *words]) == ExitCode.INPUT  # nothing is replaced unasked
    assert "exists" in capfd.readouterr().err


def test_what_the_training_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a run folder, of its model.keras, or of an optimization, which is recorded beside."""
    run, project = tmp_path / "run", tmp_path / "project"
    run.mkdir()
    project.mkdir()
    record = {"seconds": 12.5, "energy": {"energy_kwh": 0.002}}
    (run / "run.json").write_text(json.dumps(record))
    monkeypatch.chdir(tmp_path)
    for name in ("run", "run/model.keras", str(run)):
        text = json.dumps({"inputs": {"source": {"name": name}}})
        (project / "manifest.json").write_text(text)
        assert _compare._training(project) == (12.5, 2.0)
    (project / "optimize.json").write_text(json.dumps({"seconds": 99.0}))
    assert _compare._training(project) == (99.0, None)


def test_refused(projects: list[Path], capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    one = str(projects[0])
    for words, message in (
        ([one, one], "given twice"),
        ([one, str(tmp_path)], "is not a folder that `edgekit convert` made"),
        ([one, "--plot", str(tmp_path / "p.pdf")], "neither .png nor .svg"),
    ):
        assert main(["compare", *words]) == ExitCode.INPUT
        assert message in capfd.readouterr().err
