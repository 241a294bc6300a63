"""The console built for this PC: no emulation, the same C, the same protocol."""

from __future__ import annotations

import contextlib
import re
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

from edgekit import proc
from edgekit.emulators._link import Link
from edgekit.errors import DeviceError, InputError, ToolError
from edgekit.targets import Target

_START_LIMIT_S = 10.0


@contextlib.contextmanager
def running(elf: Path, target: Target, *, count: bool = False) -> Iterator[Link]:
    """The host build on a free TCP port of its own choice; it ends with the block.

    Args:
        elf: the program.
        target: the board that the code was generated for.
        count: refused: instructions of a PC say nothing about a board.

    Raises:
        ToolError: it can't be started, or count was asked for.
        DeviceError: it ended while the block ran, e.g. because a sanitizer found something (its
            report is the hint).
    """
    if count:
        raise ToolError("instructions are counted in the board's emulator, not on this PC")
    if not elf.is_file():
        raise InputError(f"there is no program {elf}", "run `edgekit build`")
    env = {"EK_PORT": "0"}
    with proc.started([elf.resolve()], stdout=subprocess.PIPE, env=env) as process:
        link = Link(f"socket://127.0.0.1:{_port(process)}", target.board.baud, emulated=True)
        try:
            yield link
        except DeviceError as error:
            raise _explained(process, error) from error


def _port(process: subprocess.Popen[str]) -> int:
    """The port that the program prints first."""
    assert process.stdout is not None  # it was started with a pipe
    ready, _, _ = select.select([process.stdout], [], [], _START_LIMIT_S)
    line = process.stdout.readline() if ready else ""
    found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
    if found is None:
        raise DeviceError(f"the host build did not start: it said {line.strip()!r}")
    return int(found.group(1))


def _explained(process: subprocess.Popen[str], error: DeviceError) -> DeviceError:
    """The error, with the program's last words if it is gone."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1.0)
    if process.returncode is None or process.stderr is None:
        return error
    words = process.stderr.read().strip().splitlines()[:20]
    return DeviceError(
        f"the host build ended with exit code {process.returncode}: {error.message}",
        "\n".join(words) or error.hint,
    )
