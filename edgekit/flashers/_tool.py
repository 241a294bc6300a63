"""Programmers that are programs: run them, and say in the user's words what they complain about."""

from __future__ import annotations

import enum
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgekit import proc
from edgekit.errors import DeviceError, ToolError
from edgekit.flashers._job import Job

#: A megabyte over a slow adapter takes about a minute.
LIMIT_S = 300.0


class Trouble(enum.Enum):
    """What goes wrong when a board is programmed: what to say, and what to try next."""

    NO_PROBE = (
        "{tool} finds no probe or board on USB",
        "is it plugged in, with a cable that carries data? In a virtual machine: is it handed over?"
        " `edgekit ports` lists what is there",
    )
    WRONG_PROBE = (
        "{tool} finds no probe with the serial number {probe}",
        "`edgekit ports` lists the serial numbers",
    )
    SEVERAL = (
        "{tool} sees several probes and can't choose",
        "name one by --probe SERIAL; `edgekit ports` lists the serial numbers",
    )
    NO_ACCESS = (
        "{tool} may not open the USB device",
        "on Linux install the tool's udev rules, or add yourself to the groups plugdev and "
        "dialout, then plug the board in again",
    )
    BUSY = (
        "{tool} can't open {port}: it is not there, or another program has it",
        "close serial monitors; `edgekit ports` lists the ports",
    )
    NO_TARGET = (
        "the probe does not reach the chip of {board}",
        "is the board powered and wired (SWDIO, SWCLK, GND)? Hold its reset button, start again "
        "and let go; firmware that sleeps or reuses the debug pins can keep it silent",
    )
    NO_BOOTLOADER = (
        "the boot loader of {board} does not answer",
        "hold the board's BOOT button while you press reset, then try again",
    )
    LOCKED = (
        "the chip of {board} is protected against reading or writing",
        "removing the protection erases the chip: do that on purpose, with the maker's tool",
    )
    WRONG_CHIP = (
        "the chip that answers is not the one of {board}",
        "is it another board, or a clone? Check the name given to --board",
    )
    VERIFY = (
        "what was read back from {board} differs from the image",
        "try a shorter cable and a lower speed; a worn or protected flash page shows so, too",
    )


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that programs boards.

    Attributes:
        program: its name on the PATH.
        install: the command that installs it.
        signs: (regular expression on its output, the trouble), first match first.
        ok: a regular expression that its output must have; some tools end with 0 either way.
    """

    program: str
    install: str
    signs: tuple[tuple[str, Trouble], ...]
    ok: str = ""


def shown(commands: Sequence[Sequence[str | Path]]) -> list[str]:
    """The commands for a shell, a line each."""
    return [shlex.join(map(str, command)) for command in commands]


def execute(tool: Tool, job: Job, commands: Sequence[Sequence[str | Path]]) -> None:
    """Run the commands one after the other.

    Raises:
        DeviceError: one failed in a way that is known.
        ToolError: the tool is missing, or failed in another way (with the end of its output).
    """
    path = proc.find(tool.program, tool.install)
    for number, command in enumerate(commands):
        ended = proc.run([path, *command[1:]], timeout_s=LIMIT_S, check=False)
        said = f"{ended.stdout}\n{ended.stderr}"
        last = number == len(commands) - 1
        well = ended.returncode == 0 and (not last or re.search(tool.ok, said) is not None)
        if not well:
            raise _explain(tool, job, command, said, ended.returncode)


def _explain(
    tool: Tool, job: Job, command: Sequence[str | Path], said: str, code: int
) -> DeviceError | ToolError:
    for pattern, trouble in tool.signs:
        if re.search(pattern, said, re.IGNORECASE):
            if trouble is Trouble.NO_PROBE and job.probe:
                trouble = Trouble.WRONG_PROBE
            message, hint = trouble.value
            return DeviceError(
                message.format(
                    tool=tool.program,
                    board=job.target.board.title,
                    probe=job.probe,
                    port=job.port or job.probe or "the port",
                ),
                hint,
            )
    tail = "\n".join(said.strip().splitlines()[-12:])
    return ToolError(f"{tool.program} failed with exit code {code}: {shown([command])[0]}", tail)
