"""The verbs on a good model: what they print for programs, and what for people."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgekit.cli import main
from edgekit.errors import ExitCode, ToolError
from tests.support.corpus import corpus_path

BOARD = "netduino_plus_2"
needs_cc = pytest.mark.skipif(
    not shutil.which("cc") or not shutil.which("cmake"), reason="needs cmake and a C compiler"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The smallest model of the corpus, converted."""
    folder = tmp_path_factory.mktemp("verbs") / "out"
    source = corpus_path("models", "hello_world_int8.tflite")
    words = ["convert", str(source), "--board", BOARD, "--out", str(folder), "--name", "sine"]
    assert main(words) == ExitCode.OK
    return folder


def as_json(capsys, *words: str, code: ExitCode = ExitCode.OK):
    capsys.readouterr()
    assert main([*words, "--json"]) == code
    out, err = capsys.readouterr()
    assert err == "", "with --json nothing goes to stderr"
    return json.loads(out)


def test_convert(tmp_path, capsys):
    source = corpus_path("models", "kws_ref_model_int8.tflite")
    words = ["convert", str(source), "--board", BOARD, "--out", str(tmp_path / "out")]
    found = as_json(capsys, *words)
    assert 8_000 < found["arena_bytes"] <= 12_800, "a layer works in place"
    assert found["macs"] == 2_656_768
    assert found["accuracy"] is None
    assert Path(found["out"]) == tmp_path / "out"


def test_convert_evaluates(tmp_path, capsys):
    source = corpus_path("models", "kws_ref_model_int8.tflite")
    with np.load(corpus_path("kws01", "kws01.npz")) as data:
        np.savez(tmp_path / "few.npz", x=data["x"][:20], y=data["y"][:20])
    words = ["convert", str(source), "--board", BOARD, "--out", str(tmp_path / "out")]
    found = as_json(capsys, *words, "--evaluate", str(tmp_path / "few.npz"))
    assert found["accuracy"]["samples"] == 20
    assert found["accuracy"]["int8_accuracy"] >= 0.8


def test_inspect_choices(capsys):
    source = str(corpus_path("models", "hello_world_int8.tflite"))
    words = ["inspect", source, "--choices", "--board", BOARD, "--optimize", "size"]
    found = as_json(capsys, *words)
    assert found["goal"] == "size"
    assert [layer["op"] for layer in found["layers"]] == ["FULLY_CONNECTED"] * 3
    assert main(words) == ExitCode.OK
    assert "the core lacks mve" in " ".join(capsys.readouterr().out.split())
    assert main(["inspect", source, "--choices"]) == ExitCode.USAGE
    assert "--choices needs --board" in capsys.readouterr().err


def test_convert_reports_the_choices(project):
    report = json.loads((project / "report.json").read_text())
    taken = [o for layer in report["choices"]["layers"] for o in layer["options"] if o["taken"]]
    assert len(taken) == 3


def test_inspect(capsys):
    found = as_json(
        capsys, "inspect", str(corpus_path("models", "kws_ref_model_int8.tflite")), "--board", BOARD
    )
    assert len(found["ops"]) == 12, "the model's own RESHAPE is not needed"
    assert [board["board"] for board in found["boards"]] == [BOARD]
    assert found["boards"][0]["fits"] is True


@pytest.mark.emulated
def test_build(project, capsys):
    found = as_json(capsys, "build", str(project))
    assert Path(found["elf"]).is_file()
    assert Path(found["stub"]).is_file()
    assert found["sizes"]["flash_bytes"] > found["sizes"]["weights_bytes"] > 0


@needs_cc
def test_verify_on_the_host(project, capsys):
    found = as_json(capsys, "verify", str(project), "--on", "host", "--samples", "3")
    assert {"host", "oracles"} <= set(found)
    assert "emulator" not in found
    assert found["host"]["samples"] == 5, "3 random inputs, all lowest, all highest"
    assert found["host"]["tensors"] == 3
    assert found["host"]["mismatches"] == 0


@needs_cc
def test_verify_with_data(project, tmp_path, capsys):
    np.save(tmp_path / "x.npy", np.linspace(-1.0, 6.0, 4, dtype=np.float32).reshape(4, 1))
    words = ["verify", str(project), "--on", "host", "--data", str(tmp_path / "x.npy")]
    assert as_json(capsys, *words)["host"]["samples"] == 4


@needs_cc
def test_a_wrong_constant_is_found(project, tmp_path, capsys):
    """One bit of a constant of the generated C changed: verify names the layer and ends with 1."""
    broken = tmp_path / "broken"
    shutil.copytree(project, broken, ignore=shutil.ignore_patterns("build"))
    weights = broken / "firmware" / "models" / "sine" / "sine_weights.c"
    text = weights.read_text()
    # The last layer's bias, the first word of its kernel's constants: it moves every output, where
    # a weight may meet nothing but zeros.
    start = re.search(r"int32_t sine_op02_\w+\[\d+\][^=]*= \{\s*", text)
    assert start is not None
    value = re.match(r"-?\d+", text[start.end() :])
    assert value is not None
    changed = str(int(value[0]) ^ 1 << 21)
    weights.write_text(text[: start.end()] + changed + text[start.end() + value.end() :])
    found = as_json(capsys, "verify", str(broken), "--on", "host", code=ExitCode.MISMATCH)
    assert found["host"]["mismatches"] > 0
    first = found["first_mismatch"]
    assert first["op"] == "FULLY_CONNECTED"
    assert first["op_index"] == 2
    assert first["expected"] != first["got"]
    assert main(["verify", str(broken), "--on", "host"]) == ExitCode.MISMATCH
    shown = capsys.readouterr().out
    assert "first mismatch on the host: sample" in shown
    assert "op 2 FULLY_CONNECTED" in shown
    assert "next:" not in shown


@pytest.mark.emulated
def test_bench(project, capsys):
    found = as_json(capsys, "bench", str(project), "--emulate", "--runs", "2")
    assert set(found) >= {
        *("board", "where", "instructions", "latency_us", "arena_bytes", "stack_bytes"),
        *("flash_bytes", "macs", "output_sha256", "layers"),
    }
    assert (found["board"], found["where"]) == (BOARD, "emulator")
    assert found["latency_us"] is None, "an emulator measures no latency"
    assert set(found["flash_bytes"]) == {"total", "weights", "code"}
    flash = found["flash_bytes"]
    assert flash["total"] == flash["weights"] + flash["code"]
    assert found["instructions"] > found["macs"] == 288
    assert found["stack_bytes"] > 0
    assert len(found["layers"]) == 3
    assert {"op", "name", "macs", "instructions"} <= set(found["layers"][0])
    parts = sum(layer["instructions"] for layer in found["layers"])
    assert abs(parts - found["instructions"]) < 0.05 * found["instructions"]


@pytest.mark.emulated
def test_bench_calls_its_cycles_an_estimate(project, capsys, monkeypatch):
    found = as_json(capsys, "bench", str(project), "--emulate", "--runs", "1")
    assert not [key for key in found if "cycles" in key and "estimate" not in key]
    assert found["cycles_estimate"] == next(iter(found["cycles_estimates"].values()))
    assert 1 < found["cycles_estimate"] / found["instructions"] < 2
    assert all(layer["cycles_estimate"] > 0 for layer in found["layers"])

    def no_plugin(*_arguments):
        raise ToolError("there is no compiler")

    monkeypatch.setattr("edgekit.pipeline._bench.estimate", no_plugin)
    assert main(["bench", str(project), "--emulate", "--runs", "1"]) == ExitCode.OK
    assert "none: there is no compiler" in capsys.readouterr().out
    found = as_json(capsys, "bench", str(project), "--emulate", "--runs", "1")
    assert not [key for key in found if "cycles" in key]


@pytest.mark.emulated
def test_flash(project, capsys):
    found = as_json(capsys, "flash", str(project), "--emulate")
    assert (found["model"], found["confirmed"]) == ("sine", True)
    assert re.fullmatch(r"[0-9a-f]{16}", found["build_id"])


def _without_building(project, monkeypatch):
    from edgekit import builder

    nothing = builder.Sizes(0, 0, 0, 0, 0, 0, (), ())
    image = builder.Firmware(project / "console.elf", None, nothing)
    monkeypatch.setattr(builder, "build", lambda *_arguments, **_options: image)


def test_flash_shows_what_it_would_run(project, capsys, monkeypatch):
    _without_building(project, monkeypatch)
    found = as_json(capsys, "flash", str(project), "--dry-run")
    assert found["confirmed"] is False
    (line,) = found["plan"]
    assert line.startswith("dfu-util ")
    assert "console.bin" in line
    assert main(["flash", str(project), "--dry-run", "--with", "openocd"]) == ExitCode.OK
    assert "openocd -f interface/stlink.cfg" in capsys.readouterr().out


def test_flash_with_a_missing_programmer(project, capsys, monkeypatch):
    _without_building(project, monkeypatch)
    monkeypatch.setenv("PATH", str(project / "nothing"))
    assert main(["flash", str(project)]) == ExitCode.TOOL
    shown = capsys.readouterr().err
    assert "dfu-util was not found" in shown
    assert "sudo apt install dfu-util" in shown


def test_flash_in_an_emulator_takes_no_programmer(project, capsys):
    assert main(["flash", str(project), "--emulate", "--with", "openocd"]) == ExitCode.USAGE
    assert "--emulate" in capsys.readouterr().err


@pytest.mark.emulated
def test_every_verb_names_the_next(project, capsys):
    folder = str(project)
    for words, wanted in (
        (["build", folder], "edgekit verify"),
        (["verify", folder, "--on", "host", "--samples", "1"], "edgekit bench"),
        (["bench", folder, "--emulate", "--runs", "1"], "edgekit run"),
        (["flash", folder, "--emulate"], "edgekit bench"),
    ):
        capsys.readouterr()
        assert main(words) == ExitCode.OK
        last = capsys.readouterr().out.rstrip().splitlines()[-1]
        assert last.startswith(f"next: {wanted} {folder}"), words
