"""A newcomer at a terminal: from a model to a report, by the commands that edgekit suggests."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit import targets
from tests.support.networks import residual_network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs_emulator

pytestmark = pytest.mark.emulated

BOARD = "netduino_plus_2"
ROOT = Path(__file__).parents[2]
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_SECONDS = 300


class Terminal:
    """A shell on a pseudo-terminal, in which somebody types."""

    def __init__(self, folder: Path) -> None:
        edgekit = f"alias edgekit='{shlex.quote(sys.executable)} -m edgekit'"
        self._line, theirs = pty.openpty()
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "CI")},
            **{"PS1": "", "PS2": "", "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
            "PYTHONPATH": str(ROOT),
        }
        self._shell = subprocess.Popen(
            ["sh", "-i"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.type(edgekit)

    def type(self, command: str) -> tuple[int, str]:
        """Enter a command; its exit code and what the terminal showed, without colours."""
        # Quoted apart, so that the echo of what is typed is not taken for the answer.
        os.write(self._line, f"{command}; echo code'='$?'='\n".encode())
        shown, end = "", time.monotonic() + _SECONDS
        while not (done := re.search(r"code=(\d+)=", shown)):
            left = end - time.monotonic()
            assert left > 0, f"{command!r} did not end: {shown}"
            if select.select([self._line], [], [], left)[0]:
                shown += _COLOURS.sub("", os.read(self._line, 65536).decode(errors="replace"))
        return int(done[1]), shown

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._line, b"exit\n")
        try:
            self._shell.wait(10)
        except subprocess.TimeoutExpired:
            self._shell.kill()
            self._shell.wait()
        os.close(self._line)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("sh") is None:
        pytest.skip("needs a POSIX shell")
    found = Terminal(tmp_path)
    yield found
    found.close()


def suggestion(shown: str) -> str:
    """The command that the terminal shows as the next one."""
    found = re.search(r"next: (edgekit [^\n]+)", shown)
    assert found, shown
    return found[1].strip()


def test_from_a_model_to_a_report(terminal: Terminal, tmp_path: Path) -> None:
    needs_emulator(targets.load_board(BOARD))
    (tmp_path / "net.tflite").write_bytes(write_tflite(residual_network()))
    report = tmp_path / "out" / "report.html"

    def enter(command: str) -> str:
        code, shown = terminal.type(command)
        assert code == 0, shown
        assert "Traceback" not in shown
        return shown

    shown = enter(f"edgekit convert net.tflite --board {BOARD} --out out")
    assert "report: out/report.html" in shown
    assert "not verified yet" in report.read_text()
    assert suggestion(shown) == "edgekit build out"
    shown = enter("edgekit build out")
    assert "report: out/report.html" in shown
    assert "the rest" in report.read_text(), "the flash is measured now"
    assert "running: model net, build" in enter("edgekit flash out --emulate")
    shown = enter("edgekit bench out --emulate")
    assert "report: out/report.html" in shown
    counted = json.loads((tmp_path / "out/results/bench.json").read_text())["runs"][0]["bench"]
    assert f"{counted['instructions']:,}" in shown
    assert f"{counted['instructions']:,}" in report.read_text()
    shown = enter("edgekit verify out --samples 2")
    assert "report: out/report.html" in shown
    assert suggestion(shown) == "edgekit bench out --emulate"
    text = report.read_text()
    assert "bit-exact: 0 of" in text
    assert "(host and emulator)" in text
    assert text.rstrip().endswith("</html>")
    code, shown = terminal.type("edgekit verify nothing")
    assert (code, "error: " in shown) == (3, True), "and a mistake is answered, not a traceback"
