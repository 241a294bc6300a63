"""The command's frame: errors, exit codes, JSON, completion. In-process, by the same entry."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edgekit import __version__, errors, registry
from edgekit.cli import _main, main
from edgekit.cli._group import root

VERBS = [
    "bench",
    "boards",
    "build",
    "cluster",
    "compare",
    "completion",
    "convert",
    "doctor",
    "energy",
    "flash",
]
VERBS += ["inspect", "mlperf", "models", "ops", "optimize", "ports", "quantize", "run", "train"]
VERBS += ["verify"]


def edgekit(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    command = [sys.executable, "-m", "edgekit", *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def test_help_lists_every_verb(capsys):
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert registry.names("edgekit.cli") == VERBS
    for verb in VERBS:
        assert f"\n  {verb} " in listed


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"edgekit {__version__}\n"


@pytest.mark.parametrize("verb", VERBS)
def test_verb_help(verb, capsys):
    assert main([verb, "--help"]) == 0
    assert f"Usage: edgekit {verb}" in capsys.readouterr().out


def test_unknown_verb(capsys):
    assert main(["biuld"]) == errors.ExitCode.USAGE
    assert "did you mean 'build'?" in capsys.readouterr().err


def test_unknown_option(capsys):
    assert main(["boards", "--jsno"]) == errors.ExitCode.USAGE
    assert "see `edgekit boards --help`" in capsys.readouterr().err


def test_errors_as_json(capsys):
    assert main(["ops", "CONV_2X", "--json"]) == errors.ExitCode.INPUT
    out, err = capsys.readouterr()
    value = json.loads(out)
    assert value["error"] == "unknown op 'CONV_2X'"
    assert "did you mean 'CONV_2D'?" in value["hint"]
    assert value["exit_code"] == errors.ExitCode.INPUT
    assert err == ""


def test_usage_errors_as_json(capsys):
    assert main(["boards", "--json", "--wrong"]) == errors.ExitCode.USAGE
    assert json.loads(capsys.readouterr().out)["exit_code"] == errors.ExitCode.USAGE


def broken(error: BaseException):
    def invoke(*_arguments: object, **_options: object) -> None:
        raise error

    return invoke


def test_a_bug_leaves_its_traceback_in_a_file(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(_main.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(root, "invoke", broken(ZeroDivisionError("by zero")))
    assert main(["boards"]) == errors.ExitCode.INTERNAL
    message = capsys.readouterr().err
    (file,) = tmp_path.iterdir()
    assert "this is a bug in edgekit: ZeroDivisionError: by zero" in message
    assert str(file) in message
    assert "Traceback" not in message
    assert "ZeroDivisionError: by zero" in file.read_text()


def test_a_bug_with_debug_prints_its_traceback(capsys, monkeypatch):
    monkeypatch.setattr(root, "invoke", broken(ZeroDivisionError("by zero")))
    assert main(["--debug", "boards"]) == errors.ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_interruption(capsys, monkeypatch):
    monkeypatch.setattr(root, "invoke", broken(KeyboardInterrupt()))
    assert main(["boards"]) == errors.ExitCode.INTERRUPTED
    assert "error: interrupted" in capsys.readouterr().err


def test_the_systems_refusals(capsys, monkeypatch):
    error = OSError(28, "No space left on device", "/full/disk")
    monkeypatch.setattr(root, "invoke", broken(error))
    assert main(["boards"]) == errors.ExitCode.INPUT
    assert "error: /full/disk: No space left on device" in capsys.readouterr().err


def test_control_characters_never_reach_the_terminal(capsys, monkeypatch):
    error = errors.InputError("tensor '\x1b[31mred\x07' [bold]is[/bold] \u05d0")
    monkeypatch.setattr(root, "invoke", broken(error))
    assert main(["boards"]) == errors.ExitCode.INPUT
    message = capsys.readouterr().err
    assert "\\x1b[31mred\\x07" in message
    assert "[bold]is[/bold] \u05d0" in message


def test_boards_as_json():
    result = edgekit("boards", "--json")
    assert result.returncode == 0
    assert result.stderr == ""
    boards = json.loads(result.stdout)
    assert {"name", "soc", "core", "flash_bytes", "ram_bytes", "tested"} <= set(boards[0])
    by_name = {board["name"]: board for board in boards}
    assert by_name["netduino_plus_2"]["ram_bytes"] == 192 * 1024
    rams = [m for m in by_name["netduino_plus_2"]["memories"] if m["kind"] == "ram"]
    assert [m["length_bytes"] for m in rams] == [128 * 1024, 64 * 1024]
    assert by_name["netduino_plus_2"]["flash_bytes"] == 1024 * 1024
    assert "mps2_an386" in by_name


def test_no_colours_in_a_pipe():
    result = edgekit("boards")
    assert "netduino_plus_2" in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stdout.rstrip().splitlines()[-1].startswith("next: edgekit ")


def test_a_closed_pipe_is_no_bug():
    command = f"'{sys.executable}' -m edgekit ops | head -n 1"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert "bug" not in result.stderr
    assert "Traceback" not in result.stderr


def test_one_op(capsys):
    assert main(["ops", "conv_2d"]) == 0
    assert "Weights must be constant int8" in capsys.readouterr().out


def test_doctor(capsys):
    assert main(["doctor", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    found = {item["name"]: item for item in value["found"]}
    assert found["numpy"]["version"]
    assert value["ok"] == all(item["version"] for item in value["found"])


def test_doctor_without_programs(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "missing" in shown
    assert "install cmake with your system's package manager" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell, capsys):
    assert main(["completion", shell]) == 0
    assert "_EDGEKIT_COMPLETE" in capsys.readouterr().out


def completed(words: str, count: int) -> list[str]:
    env = {"_EDGEKIT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    return edgekit(env=env).stdout.splitlines()


def test_completion_of_verbs():
    assert completed("edgekit bo", 1) == ["plain,boards"]


def test_completion_of_boards():
    assert completed("edgekit convert --board net", 3) == ["plain,netduino_plus_2"]


def test_completion_of_paths():
    assert completed("edgekit convert ./mo", 2) == ["file,./mo"]


def test_completion_of_ops():
    assert completed("edgekit ops max_", 2) == ["plain,MAX_POOL_2D"]


def test_every_verb_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    for verb in VERBS:
        assert f"\n## {verb}\n" in text
