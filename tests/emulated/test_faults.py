"""Faults put into a firmware on purpose: `verify` names the layer and what the fault looks like."""

from __future__ import annotations

import json
import re
import shutil
import struct
from pathlib import Path

import pytest

from edgekit import pipeline, targets
from edgekit.cli import main
from edgekit.emulators import host
from edgekit.errors import ExitCode
from tests.support.corpus import corpus_path
from tests.support.tools import needs_emulator

pytestmark = pytest.mark.emulated

BOARD = "netduino_plus_2"


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_emulator(targets.load_board(BOARD))
    folder = tmp_path_factory.mktemp("faults") / "out"
    source = corpus_path("models", "kws_ref_model_int8.tflite")
    words = ["convert", str(source), "--board", BOARD, "--name", "kws", "--out", str(folder)]
    assert main(words) == ExitCode.OK
    return folder


@pytest.fixture
def project(converted: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(converted, tmp_path / "out"))


def spoil(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text()
    changed, count = re.subn(pattern, replacement, text, count=1)
    assert count == 1, f"{path} has no {pattern}"
    path.write_text(changed)


def verify(capsys: pytest.CaptureFixture[str], project: Path, *words: str) -> dict:
    capsys.readouterr()
    code = main(["verify", str(project), "--samples", "2", *words, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == (found["exit_code"] if "error" in found else ExitCode.MISMATCH)
    return found


@pytest.mark.parametrize("place", ["host", "emulator"])
def test_a_wrong_weight(place: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One bit of one weight of the layer 6, as worn flash has it: one channel, everywhere."""
    weights = project / "firmware" / "models" / "kws" / "kws_weights.c"
    text = weights.read_text()
    start = text.index("kws_op06_weights[")
    found = re.compile(r"-?\d+,").search(text, text.index("{", start) + 40)
    assert found is not None
    word = int(found[0][:-1]) ^ 0x40  # below the sign bit of the lowest weight
    weights.write_text(text[: found.start()] + f"{word}," + text[found.end() :])
    first = verify(capsys, project, "--on", place)["first_mismatch"]
    assert (first["op_index"], first["op"]) == (6, "CONV_2D")
    assert re.fullmatch(
        r"only the channel \d+ of 64 differs: a weight, a bias or a multiplier of it",
        first["cause"],
    )
    assert str(first["index"][-1]) == re.findall(r"\d+", first["cause"])[0]


def test_a_stack_that_is_too_small(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = next((project / "firmware").rglob("*.ld"))
    spoil(script, r"ek_stack_bytes = \d+", "ek_stack_bytes = 320")
    found = verify(capsys, project, "--on", "emulator")
    assert found["exit_code"] == ExitCode.DEVICE
    assert "stack overflow" in found["error"]
    assert "stack_bytes" in found["hint"]


@pytest.mark.parametrize("factor", [0.5, 1.25])
def test_a_wrong_input_scale(
    factor: float, converted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The firmware was made for another scale of the input than the model now has."""
    graph = pipeline.open_project(converted).compiled().source
    quant = graph.tensors[graph.inputs[0]].quant
    assert quant is not None
    model = converted / "model.tflite"
    data = model.read_bytes()
    old = struct.pack("<f", quant.scale)
    assert data.count(old) == 1
    try:
        model.write_bytes(data.replace(old, struct.pack("<f", quant.scale * factor)))
        first = verify(capsys, converted, "--on", "host")["first_mismatch"]
    finally:
        model.write_bytes(data)
    assert (first["op_index"], first["op"]) == (0, "CONV_2D")
    said = re.fullmatch(
        r"its values are ([\d.]+) times the right ones: the scale of the op's input, weights or "
        r"output is another one on the device",
        first["cause"],
    )
    assert said is not None, first["cause"]
    assert float(said[1]) == pytest.approx(1 / factor, rel=0.05)


def test_a_board_on_a_port_is_verified_like_the_others(
    converted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firmware = pipeline.build(converted, host=True)
    with host.running(firmware.elf, targets.load_board(BOARD)) as link:
        words = ["verify", str(converted), "--samples", "2", "--junit", str(tmp_path / "r.xml")]
        assert main([*words, "--on", "port", "--port", link.url]) == ExitCode.OK
        assert re.search(r"port\s+4\s+12\s+0", capsys.readouterr().out)
    assert main(["verify", str(converted), "--on", "port"]) == ExitCode.USAGE
    xml = (tmp_path / "r.xml").read_text()
    assert '<testcase classname="port" name="12 operator outputs, 4 inputs"' in xml
    assert 'failures="0"' in xml
