"""Programs that were started do not live on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from edgekit import proc

_RUNNER = """
import time
from edgekit import proc
with proc.started(["sleep", "600"]) as process:
    print(process.pid, flush=True)
    time.sleep(600)
"""


def is_running(pid: int) -> bool:
    """A process that ended and was not waited for yet is none."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def ends(pid: int, limit_s: float = 20.0) -> bool:
    deadline = time.monotonic() + limit_s
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_runner_that_is_killed_takes_its_programs_along() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _RUNNER], stdout=subprocess.PIPE, text=True
    ) as runner:
        assert runner.stdout is not None
        pid = int(runner.stdout.readline())
        assert is_running(pid)
        runner.kill()
        runner.wait()
        assert ends(pid)


def test_a_program_ends_with_its_block() -> None:
    with proc.started(["sleep", "600"]) as process:
        assert process.poll() is None
    assert process.returncode is not None


def test_finds_what_pip_put_beside_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an environment that was not activated; the PATH comes first."""
    monkeypatch.setenv("PATH", str(tmp_path))
    name = Path(sys.executable).name
    assert proc.find(name) == str(Path(sys.executable))
    own = tmp_path / name
    own.touch(mode=0o755)
    assert proc.find(name) == str(own)
    assert proc.which("no-such-program") is None
