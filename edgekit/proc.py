"""The only place that starts other programs: time limits, captured output, clean ends.

What was started ends with the block or the call that started it, and on Linux also with this
process, should that be killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from edgekit.errors import ToolError

_PR_SET_PDEATHSIG = 1
_BESIDE = Path(sys.executable).parent


def which(tool: str) -> str | None:
    """The full path of a program, None where there is none.

    One that pip put beside this Python is found also where that environment was not activated.
    """
    return shutil.which(tool) or shutil.which(tool, path=str(_BESIDE))


def find(tool: str, install: str = "") -> str:
    """The full path of a program.

    Args:
        tool: its name.
        install: the command that installs it, for the hint.

    Raises:
        ToolError: it is neither on the PATH nor beside this Python.
    """
    path = which(tool)
    if path is None:
        hint = f"install it: {install}" if install else "install it, or run `edgekit doctor`"
        raise ToolError(f"{tool} was not found on the PATH", hint)
    return path


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    timeout_s: float = 600.0,
    env: Mapping[str, str] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and capture its output as text.

    The program gets a process group of its own, so that Ctrl-C or the time limit ends its
    children too.

    Args:
        command: program and arguments; no shell is involved.
        cwd: working folder.
        timeout_s: limit in seconds.
        env: variables added to the present environment.
        check: raise on a non-zero exit code.

    Raises:
        ToolError: not found, failed (with the end of its output) or out of time.
    """
    name = Path(str(command[0])).name
    with started(command, cwd=cwd, env=env, stdout=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise ToolError(f"{name} did not end within {timeout_s:g} s") from None
    if check and process.returncode != 0:
        raise ToolError(f"{name} failed with exit code {process.returncode}", _tail(err or out))
    return subprocess.CompletedProcess(list(map(str, command)), process.returncode, out, err)


@contextlib.contextmanager
def started(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout: int = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> Iterator[subprocess.Popen[str]]:
    """A program that runs while the block does; on leaving it and its children are ended.

    Args:
        command: program and arguments; no shell is involved.
        cwd: working folder.
        env: variables added to the present environment.
        stdout: where its output and its errors go: `subprocess.DEVNULL`, `subprocess.PIPE` or a
            file descriptor.
        pass_fds: file descriptors that the program inherits, e.g. a listening socket.

    Raises:
        ToolError: it can't be started.
    """
    try:
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=cwd,
            env={**os.environ, **env} if env else None,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE if stdout == subprocess.PIPE else stdout,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            preexec_fn=_leaving_with_us(),  # it takes no lock, see there
        )
    except OSError as error:
        raise ToolError(f"can't start {command[0]}: {error.strerror or error}") from error
    try:
        yield process
    finally:
        _end(process)


def _leaving_with_us() -> Callable[[], None] | None:
    """Asks the kernel, in the child, to end it when this process is gone, even if that is killed.

    Only Linux knows that (prctl(2), PR_SET_PDEATHSIG); elsewhere None. What runs between fork and
    exec calls the C library alone, which is loaded before: other threads can't block it. The kernel
    counts the thread that started the child as its parent: that thread is the one that waits.
    """
    if sys.platform != "linux":
        return None
    import ctypes  # only here: `edgekit --help` starts nothing

    prctl = ctypes.CDLL(None).prctl
    us = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != us:  # gone before it could be asked
            os._exit(1)

    return ask


def python_path() -> dict[str, str]:
    """What a child interpreter needs to import this very edgekit, wherever it is started."""
    home = str(Path(__file__).resolve().parents[1])
    path = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": f"{home}{os.pathsep}{path}" if path else home}


def _end(process: subprocess.Popen[str]) -> None:
    """End a process group: ask, wait a moment, then insist."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sig)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2.0)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _tail(text: str, lines: int = 20) -> str:
    """The last lines of a log, where compilers put what matters."""
    return "\n".join(text.strip().splitlines()[-lines:])
