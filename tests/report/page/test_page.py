"""The page as text: what is in it, and that names from models stay text."""

from __future__ import annotations

import dataclasses
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from edgekit import output
from edgekit.errors import InputError
from edgekit.report import page
from tests.support.findings import BUILD_ID, HOSTILE, compiled, findings, sizes

SECTIONS = ["memory", "layers", "flash", "latency", "accuracy", "graph", "kernels", "provenance"]


class Page(HTMLParser):
    """What a browser would find."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def sections(self) -> list[str | None]:
        return [attrs.get("id") for tag, attrs in self.tags if tag == "section"]


def test_everything_is_there() -> None:
    found = Page(page.render(findings()))
    assert set(found.sections) == {*SECTIONS, "notes", "runs", "energy", "system"}
    text = " ".join(" ".join(found.words).split())
    for said in (
        *("bit-exact: 0 of 192 tensors differ (host and emulator)", "91.80 %", "p99"),
        *(BUILD_ID, "cd" * 32, "conv_2d_s8_dsp", "the rest", "µJ", "±", "/dev/ttyACM0"),
    ):
        assert said in text, said
    for said in ("Cortex-M4 r0p1", "25.01 MHz by the core", "Cortex-M4 built without DSP:"):
        assert said in text, said


ESTIMATE = {
    "board": "some",
    "measured": None,
    "estimate": {
        "gross_uj": 812.5,
        "error": 0.3,
        "cycles": 1e6,
        "average_ma": 40.0,
        "volts": 3.3,
        "duration_s": 0.006,
        "basis": [f"238 µA/MHz: {HOSTILE}"],
    },
    "per_right_uj": 900.5,
    "battery": {
        "cell": {"title": "CR2032", "capacity_mah": 225, "source": "x"},
        "every_s": 60.0,
        "sleep_ua": 2.0,
        "average_ua": 3.5,
        "days": 1234.0,
    },
    "carbon": {
        "grid": {"title": "world", "g_per_kwh": 480.0, "source": "y"},
        "kwh_per_million": 0.25,
        "g_per_million": 120.0,
    },
}
MLPERF = {
    "board": "some",
    "where": "emulator",
    "dut": "some",
    "model": "kws01",
    "accuracy": {"samples": 1000, "top_1": 0.901, "auc": 0.99, "floor": 0.9, "passes": True},
    "performance": {"loops": 5, "inferences": 10, "median_hz": None, "instructions": 2_345_678},
    "notes": ["a remark"],
    "out": "out/mlperf",
}


def test_the_other_verbs_results_are_shown() -> None:
    found = dataclasses.replace(
        findings(measured=False),
        energy={"build_id": BUILD_ID, "time": "2026", "energy": ESTIMATE, "trace": None},
        mlperf={"build_id": BUILD_ID, "time": "2026", "mlperf": MLPERF},
    )
    shown = Page(page.render(found))
    assert set(shown.sections) >= {"energy", "mlperf"}
    text = " ".join(" ".join(shown.words).split())
    for said in (
        *("An estimate, not measured: 812.5 µJ ± 30 %", "900.5 µJ", "CR2032", "480 g/kWh"),
        *("1,000 samples, top-1 90.10 %, AUC 0.990", "reached", "2,345,678 instructions each"),
        *("no rate is claimed from an emulator", "out/mlperf", "a remark"),
    ):
        assert said in text, said
    assert not [tag for tag, _ in shown.tags if tag == "script"]


def test_what_a_board_said_last_is_shown() -> None:
    """Whichever verb asked it; an emulator's word counts where no real board was asked."""
    unit = {"present": None, "enabled": None, "built": True}
    chip = {
        "core": "RV32IMC",
        "identity": "0x0",
        "emulated": True,
        "clock_hz": None,
        "rated_hz": 160_000_000,
        "caches": {},
        "units": {"multiplication": unit},
        "compiler": "12.2.0",
        "flags": "-O2",
        "kernels": {"add portable": 1},
        "warnings": [],
    }
    real = {**chip, "core": "RV32EMC", "emulated": False}

    def kept(verb: str, time: str, system: dict[str, Any] | None, base: dict[str, Any]) -> Any:
        return {"build_id": BUILD_ID, "time": time, verb: {**base, "system": system}, "trace": None}

    by_energy = dataclasses.replace(
        findings(measured=False), energy=kept("energy", "2025", real, ESTIMATE)
    )
    both = dataclasses.replace(by_energy, mlperf=kept("mlperf", "2026", chip, MLPERF))
    emulated = dataclasses.replace(both, energy=kept("energy", "2027", None, ESTIMATE))
    for found, core in ((by_energy, "RV32EMC"), (both, "RV32EMC"), (emulated, "RV32IMC")):
        shown = Page(page.render(found))
        assert "system" in shown.sections
        text = " ".join(" ".join(shown.words).split())
        assert f"core {core}, 0x0" in text
        assert "multiplication not known" in text


def test_the_newest_measured_energy_is_shown() -> None:
    bench = findings()
    assert bench.run is not None
    measured = {**bench.run["bench"]["energy"], "meter": "the later meter"}
    kept = {"build_id": BUILD_ID, "energy": {**ESTIMATE, "measured": measured, "estimate": None}}
    for time, meter in (("2030-01-01", "the later meter"), ("2020-01-01", "replay")):
        found = dataclasses.replace(
            bench, energy={**kept, "time": time, "trace": bench.run["trace"]}
        )
        assert found.metered is not None
        assert found.metered[0]["meter"] == meter
        assert f", {meter}</dd>" in page.render(found)


def test_a_project_that_was_only_converted() -> None:
    found = Page(page.render(findings(measured=False)))
    assert set(found.sections) == {*SECTIONS, "notes"}
    text = " ".join(" ".join(found.words).split())
    for said in ("not verified yet", "edgekit build measures it", "Not measured yet"):
        assert said in text, said


def test_names_from_a_model_stay_text() -> None:
    text = page.render(findings(HOSTILE))
    plain, hostile = Page(page.render(findings())), Page(text)
    kinds = {tag for tag, _ in hostile.tags}
    assert kinds <= {tag for tag, _ in plain.tags} | {"br"}
    assert not kinds & {"script", "iframe", "img", "object"}
    assert not any(name.startswith("on") for _, attrs in hostile.tags for name in attrs)
    assert any("<script>fetch(" in words for words in hostile.words), "the name is shown, as text"
    assert "\x1b" not in text
    assert "{{ 7*7 }}" in "".join(hostile.words)
    assert [tag for tag, _ in hostile.tags].count("style") == 1


def test_nothing_is_loaded_from_elsewhere() -> None:
    for tag, attrs in Page(page.render(findings())).tags:
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert (attrs.get(name) or "data:").startswith(("data:", "#")), (tag, attrs)
    style = (Path(page.__file__).parent / "page.css").read_text()
    assert "url(" not in style
    assert "@import" not in style


def test_figures_that_nobody_has() -> None:
    """Each measurement may lack what its source could not tell."""
    full = findings()
    accuracy = {"data": "d", "samples": 3, "float": None, "int8": None, "agreement": None}
    bench = full.runs[-1]["bench"]
    unknown = ("standard_error_uj", "instrument_uj", "instrument_gross_uj", "clock_ratio")
    energy = {**bench["energy"], **dict.fromkeys(unknown)}
    run = {**full.runs[-1], "trace": None, "bench": {**bench, "energy": energy, "clock": None}}
    report = {**full.report, "accuracy": accuracy, "quantization": None}
    text = page.render(dataclasses.replace(full, report=report, runs=(run,)))
    assert "float -, int8 -, the same class -" in text
    emulated = {k: v for k, v in bench.items() if k != "energy"}
    emulated |= {"where": "emulator", "latency_us": None, "clock": None, "instructions": 123_456}
    layers = [{**row, "instructions": 1000} for row in bench["layers"]]
    run = {**full.runs[-1], "latencies_us": [], "bench": {**emulated, "layers": layers}}
    text = page.render(dataclasses.replace(full, runs=(run,)))
    assert "it counted 123,456 instructions" in text
    run["bench"] |= {"instructions": None, "layers": [{**r, "instructions": None} for r in layers]}
    text = page.render(dataclasses.replace(full, runs=(run,)))
    assert "No latency is claimed" in text
    report = {**full.report, "accuracy": None, "warnings": [], "notes": []}
    assert "was not measured" in page.render(dataclasses.replace(full, report=report))


def test_a_mismatch_is_told() -> None:
    full = findings()
    assert full.verify is not None
    first = {"place": "emulator", "sample": 3, "op_index": 2, "op": "CONV_2D", "name": "<b>"}
    first |= {"tensor": "t", "wrong_elements": 5, "elements": 9, "cause": "a weight is wrong"}
    proof = dict(full.verify["verification"])
    proof["emulator"] = {**proof["emulator"], "mismatches": 4}
    verify = {**full.verify, "verification": {**proof, "first_mismatch": first}}
    text = page.render(dataclasses.replace(full, verify=verify))
    assert "4 tensors differ from TFLite Micro" in text
    assert "a weight is wrong" in text
    assert "bit-exact" not in text


def project(folder: Path) -> Path:
    """A folder as the verbs leave it."""
    full = findings()
    output.write(folder, {"report.json": json.dumps(full.report).encode()}, full.manifest)
    for verb, value in (
        ("build", full.build),
        ("verify", full.verify),
        ("bench", {"runs": full.runs}),
    ):
        output.write_file(page.result_path(folder, verb), json.dumps(value).encode())
    return folder


def test_a_folder_is_read(tmp_path: Path) -> None:
    found = page.read(project(tmp_path / "out"))
    assert found.build is not None
    assert found.verify is not None
    assert len(found.runs) == 3
    assert found.notes == ()
    assert "bit-exact" in page.render(found)


def test_results_of_another_build_are_not_shown(tmp_path: Path) -> None:
    folder = project(tmp_path / "out")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "build_id": "f" * 16}))
    found = page.read(folder)
    assert (found.build, found.verify, found.run) == (None, None, None)
    assert len(found.runs) == 3, "earlier benchmarks are still compared"
    text = page.render(found)
    assert "bit-exact" not in text
    assert "was of an earlier build and is not shown" in text


@pytest.mark.parametrize("damage", ["{", "[]", '{"build_id": 1}'])
def test_damaged_results_are_left_out_and_named(damage: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "out")
    page.result_path(folder, "bench").write_text(damage)
    found = page.read(folder)
    assert found.runs == ()
    assert "bench.json" in found.notes[0]
    page.render(found)


@pytest.mark.parametrize("damage", ["", "{}", '{"board": 1, "model": 2}'])
def test_a_damaged_project_is_an_error(damage: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "out")
    (folder / "report.json").write_text(damage)
    with pytest.raises(InputError, match=r"report\.json"):
        page.read(folder)


def test_a_folder_of_an_earlier_edgekit(tmp_path: Path) -> None:
    full = findings()
    report: dict[str, Any] = {k: v for k, v in full.report.items() if k not in ("memory", "edges")}
    text = page.render(dataclasses.replace(full, report=report))
    assert "converted by an earlier edgekit" in text


def test_sizes_are_of_one_kind() -> None:
    """The made-up image of these tests is one that can be."""
    made = sizes(compiled())
    assert made.flash_bytes == sum(s.flash_bytes for s in made.sections)
