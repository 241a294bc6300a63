"""What the verbs keep, and the report that is rendered from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edgekit import output, pipeline
from edgekit.packaging import ConvertOptions
from edgekit.pipeline import _report
from edgekit.report import page
from edgekit.targets import Target
from tests.support.findings import HOSTILE, compiled, findings, renamed, sizes
from tests.support.networks import residual_network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    full = findings()
    files = {"report.json": json.dumps(full.report).encode()}
    return output.write(tmp_path / "out", files, full.manifest).folder


def kept(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads(page.result_path(folder, "bench").read_text())["runs"])


def test_the_report_is_written_from_what_was_kept(folder: Path) -> None:
    full = findings()
    assert full.verify is not None
    assert pipeline.write_report(folder) == f"report: {folder / 'report.html'}"
    assert "not verified yet" in (folder / "report.html").read_text()
    _report.keep_verification(folder, full.build_id, full.verify["verification"])
    _report.keep_sizes(folder, full.build_id, sizes(compiled()))
    _report.keep_run(folder, full.runs[-1])
    pipeline.write_report(folder)
    text = (folder / "report.html").read_text()
    assert "bit-exact: 0 of 192" in text
    assert "20,005" in text
    assert not list(folder.rglob("*.part"))


def test_benchmarks_are_kept_beside_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run in findings().runs:
        _report.keep_run(folder, run)
    assert [r["bench"]["latency_us"] for r in kept(folder)] == [
        r["bench"]["latency_us"] for r in findings().runs
    ]
    monkeypatch.setattr(_report, "_MOST_RUNS", 2)
    _report.keep_run(folder, {**findings().runs[0], "port": "last"})
    assert [r["port"] for r in kept(folder)] == ["/dev/ttyACM0", "last"]


def test_damaged_benchmarks_are_put_aside(folder: Path) -> None:
    path = page.result_path(folder, "bench")
    path.parent.mkdir()
    path.write_text("{ nonsense")
    _report.keep_run(folder, findings().runs[0])
    assert len(kept(folder)) == 1
    assert path.with_suffix(".damaged").read_text() == "{ nonsense"


def test_a_file_of_the_users_is_not_overwritten(folder: Path) -> None:
    (folder / "report.html").write_text("<p>mine</p>")
    said = pipeline.write_report(folder)
    assert said.startswith("note: no report: ")
    assert "report.html exists" in said
    assert (folder / "report.html").read_text() == "<p>mine</p>"


def test_a_damaged_project_does_not_end_the_verb(folder: Path) -> None:
    (folder / "report.json").write_text("{")
    said = pipeline.write_report(folder)
    assert said.startswith("note: no report: ")
    assert "convert again with --force" in said
    assert not (folder / "report.html").exists()


def test_results_survive_another_conversion(any_target: Target, tmp_path: Path) -> None:
    """A model with hostile names: verified, converted again for another goal, and rendered."""
    needs("cmake", "cc")
    source = tmp_path / "net.tflite"
    source.write_bytes(write_tflite(renamed(residual_network(), HOSTILE)))
    options = {"source": str(source), "board": any_target.board.name, "out": tmp_path / "out"}
    out = pipeline.convert(ConvertOptions(**options)).written.folder
    pipeline.verify(out, ("host",), count=1)
    assert pipeline.write_report(out).startswith("report: ")
    text = (out / "report.html").read_text()
    assert "bit-exact" in text
    assert "<script" not in text
    _report.keep_run(out, findings().runs[0])
    again = pipeline.convert(ConvertOptions(**options, keep_input=True, force=True))
    assert again.written.kept == (), "results are nobody's changes"
    assert pipeline.write_report(out).startswith("report: ")
    found = page.read(out)
    assert found.verify is None, "another build is not proven by that"
    assert len(found.runs) == 1
    manifest = json.loads((out / "manifest.json").read_text())
    assert not [p for p in manifest["outputs"] if p.startswith(("results", "report.html"))]
