"""`bench` and `energy`: baselines, JUnit, several boards, an instrument at one of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from edgekit import emulators, pipeline, targets
from edgekit.cli import main
from edgekit.errors import ExitCode
from edgekit.meters import recording
from tests.support.corpus import corpus_path
from tests.support.tools import needs_emulator
from tests.support.waveforms import Waveform

pytestmark = pytest.mark.emulated

#: Its emulator's timer runs at the chip's rate: without counting it may stand for a real one.
TIMED = "microbit"
#: No data sheet tells its current.
FPGA = "mps2_an386"
BOARD = "netduino_plus_2"


def converted(board: str, folder: Path) -> Path:
    needs_emulator(targets.load_board(board))
    source = corpus_path("models", "hello_world_int8.tflite")
    words = ["convert", str(source), "--board", board, "--out", str(folder), "--name", "sine"]
    assert main(words) == ExitCode.OK
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return converted(BOARD, tmp_path_factory.mktemp("bench") / "out")


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return converted(TIMED, tmp_path_factory.mktemp("bench") / "out")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_baseline_is_held(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = ["bench", str(project), "--emulate", "--runs", "2"]
    code, found = run(capsys, *bench)
    assert code == ExitCode.OK
    before = tmp_path / "before.json"
    better = {**found, "instructions": round(found["instructions"] / 1.05)}
    before.write_text(json.dumps(better))
    junit = tmp_path / "bench.xml"
    capsys.readouterr()
    words = [*bench, "--baseline", str(before), "--junit", str(junit)]
    assert main(words) == ExitCode.REGRESSION
    shown = capsys.readouterr().out
    assert re.search(r"worse: instructions was [\d,]+ and is [\d,]+ \(\+[45]\.\d\d %\)", shown)
    assert 'failures="1"' in junit.read_text()
    code, found = run(capsys, *words, "--tolerance", "6%")
    assert code == ExitCode.OK
    assert "instructions" in [c["name"] for c in found["baseline"]]
    assert not any(c["worse"] for c in found["baseline"])
    assert main([*words, "--tolerance", "lots"]) == ExitCode.INPUT


def test_layers_say_what_a_cycle_does(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = run(capsys, "bench", str(project), "--emulate", "--runs", "1")
    assert abs(found["profile"]["overhead"]) < 0.05
    assert found["profile"]["timer_overhead_ticks"] > 0
    for layer in found["layers"]:
        rate = layer["executed_macs"] / layer["cycles_estimate"]
        assert layer["macs_per_cycle_estimate"] == pytest.approx(rate)
        assert "macs_per_cycle" not in layer
    assert found["clock"] is None, "an emulator's clock is nobody's"
    system = found["system"]
    assert (system["emulated"], system["clock_hz"], system["caches"]) == (True, None, {})
    assert (system["units"]["DSP"]["built"], system["warnings"]) == (True, [])
    assert "-O2" in system["flags"]
    assert sum(system["kernels"].values()) == len(found["layers"])


def test_two_boards_side_by_side(timed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = targets.load_board(TIMED)
    elf = pipeline.build(timed).elf
    with (
        emulators.running(elf, target, count=False) as one,
        emulators.running(elf, target, count=False) as two,
    ):
        ports = ["--port", one.url, "--port", two.url]
        code, found = run(capsys, "bench", str(timed), *ports, "--runs", "5")
    assert code == ExitCode.OK
    assert list(found["ports"]) == [one.url, two.url]
    first, second = found["ports"].values()
    assert first["output_sha256"] == second["output_sha256"]
    for each in (first, second):
        assert each["latency_us"]["count"] == 5
    page = (timed / "report.html").read_text()
    assert "Histogram of 5 latencies" in page
    for port in found["ports"]:
        assert port in page, "the runs of all boards are kept"
    for each in (first, second):
        assert each["clock"]["ratio"] == pytest.approx(1.0, abs=0.02)
    with emulators.running(elf, target, count=False) as one:
        code = main(["bench", str(timed), "--port", one.url, "--port", "/dev/nothing-here"])
    assert code == ExitCode.DEVICE
    assert "error: /dev/nothing-here: can't open" in capsys.readouterr().err
    assert main(["bench", str(timed), "--port", "x", "--port", "x"]) == ExitCode.INPUT


def test_a_board_with_a_wrong_clock_gets_no_figures(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """This emulator's timer runs at 1 GHz, whatever the firmware believes."""
    target = targets.load_board(BOARD)
    with emulators.running(pipeline.build(project).elf, target, count=False) as link:
        capsys.readouterr()
        assert main(["bench", str(project), "--port", link.url]) == ExitCode.DEVICE
    assert re.search(
        r"its answer was there after|of each second of this computer", capsys.readouterr().err
    )


def test_energy_from_a_recording(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wave = Waveform(count=12)
    path = tmp_path / "trace.npz"
    recording.save(wave.sampled(50_000), path)
    words = ["--accuracy", "0.9", "--cell", "1000mAh@3.3V", "--every", "10", "--grid", "500"]
    code, found = run(capsys, "energy", str(project), "--meter", str(path), *words)
    assert code == ExitCode.OK
    measured = found["measured"]
    assert measured["inferences"] == 12
    assert measured["net_uj"] == pytest.approx(wave.net_uj, rel=0.005)
    assert found["per_right_uj"] == pytest.approx(wave.net_uj / 0.9, rel=0.005)
    # 2 mA at rest, and 18 mA more for 20 ms in 10 s.
    assert found["battery"]["average_ua"] == pytest.approx(2036, rel=0.005)
    assert found["battery"]["days"] == pytest.approx(1000 / 2.036 / 24, rel=0.005)
    assert found["carbon"]["g_per_million"] == pytest.approx(wave.gross_uj / 3.6e6 * 500, rel=0.005)
    code, found = run(capsys, "bench", str(project), "--emulate", "--meter", str(path))
    assert found["energy"]["net_uj"] == pytest.approx(wave.net_uj, rel=0.005)
    page = (project / "report.html").read_text()
    assert "Current over time, 12 inferences marked" in page


def test_energy_without_an_instrument_is_an_estimate(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = run(capsys, "energy", str(project))
    assert code == ExitCode.OK
    assert (found["measured"], found["system"]) == (None, None)
    guess = found["estimate"]
    assert guess["gross_uj"] == pytest.approx(238e-6 * 3.3 * guess["cycles"] * 1e-6 * 1e6, rel=1e-6)
    assert any("DS8626" in line for line in guess["basis"])
    assert any("estimate by the Cortex-M4 model" in line for line in guess["basis"])
    main(["energy", str(project)])
    assert "ESTIMATE, not measured" in capsys.readouterr().out
    page = (project / "report.html").read_text()
    assert "An estimate, not measured:" in page
    assert "DS8626" in page


def test_energy_of_a_chip_without_a_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = converted(FPGA, tmp_path / "out")
    code, found = run(capsys, "energy", str(folder))
    assert code == ExitCode.TOOL
    assert "no current of its datasheet" in found["error"]
    assert not (folder / "build").exists()


def test_energy_by_the_boards_own_time(timed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = targets.load_board(TIMED)
    with emulators.running(pipeline.build(timed).elf, target, count=False) as link:
        words = ["energy", str(timed), "--port", link.url, "--runs", "3"]
        code, found = run(capsys, *words)
        assert code == ExitCode.OK
        guess, system = found["estimate"], found["system"]
        assert guess["gross_uj"] == pytest.approx(275e-6 * 3 * guess["cycles"], rel=1e-6)
        assert "cycles: measured latency x rated clock" in guess["basis"]
        assert (system["core"], system["emulated"]) == ("Cortex-M0 r0p0", False)
        assert main(words) == ExitCode.OK
    assert "\nsystem: Cortex-M0 r0p0; " in capsys.readouterr().out


def test_options_that_do_not_fit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(project)
    for words, code, said in (
        (["energy", folder, "--meter", "lpm01a:x"], ExitCode.INPUT, "--port PORT"),
        (["energy", folder, "--cell", "cr2033"], ExitCode.INPUT, "did you mean 'cr2032'"),
        (["energy", folder, "--grid", "dee"], ExitCode.INPUT, "did you mean 'de'"),
        (["energy", folder, "--cell", "cr2032"], ExitCode.INPUT, "--sleep-ua"),
        (["energy", folder, "--supply"], ExitCode.USAGE, "need --meter"),
        (["bench", folder, "--emulate", "--port", "x"], ExitCode.USAGE, "either"),
    ):
        capsys.readouterr()
        assert main(words) == code, words
        assert said in capsys.readouterr().err, words
