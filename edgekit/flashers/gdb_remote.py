"""GDB's remote protocol: any GDB server - Black Magic Probe, OpenOCD, pyOCD, an emulator."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import InputError
from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "GDB remote"
SETTINGS = {"reset": "the server's command that resets the chip, e.g. 'reset' or 'system_reset'"}

_TOOL = Tool(
    "gdb-multiarch",
    "sudo apt install gdb-multiarch",
    (
        (r"connection refused|connection timed out|no such file or directory\.$", Trouble.BUSY),
        (r"MIS-MATCHED", Trouble.VERIFY),
        (r"protected|locked", Trouble.LOCKED),
        (r"load failed|cannot access memory|error erasing flash", Trouble.WRONG_CHIP),
        (r"remote (connection closed|communication error|replied)|timed out", Trouble.NO_TARGET),
    ),
    ok=r"matched\.",
)


def _commands(job: Job) -> list[list[str | Path]]:
    steps = (
        f"target remote {job.probe or 'HOST:PORT'}",
        "load",
        "compare-sections",
        f"monitor {job.settings['reset']}",
        "detach",
    )
    command: list[str | Path] = ["gdb-multiarch", "-nx", "-batch"]
    for step in steps:
        command += ["-ex", step]
    return [[*command, job.elf]]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    if job.probe is None:
        raise InputError(
            "the address of the GDB server is missing", "add --probe HOST:PORT, e.g. localhost:3333"
        )
    execute(_TOOL, job, _commands(job))
