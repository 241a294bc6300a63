"""bossac: the SAM-BA boot loader of Arduino boards."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import InputError
from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "bossac"
SETTINGS = {"offset": "bytes of the flash that the boot loader keeps, e.g. '0x10000'"}

_TOOL = Tool(
    "bossac",
    "sudo apt install bossa-cli",
    (
        (r"permission denied|cannot open", Trouble.NO_ACCESS),
        (r"no device found", Trouble.NO_BOOTLOADER),
        (r"verify failed", Trouble.VERIFY),
        (r"security|locked|protect", Trouble.LOCKED),
        (r"device unsupported|unsupported|exceeds", Trouble.WRONG_CHIP),
        (r"SAM-BA operation failed", Trouble.NO_TARGET),
    ),
    ok=r"Verify successful",
)


def _commands(job: Job) -> list[list[str | Path]]:
    options = ["--port", job.port or "PORT", "--offset", job.settings["offset"]]
    return [["bossac", *options, "--erase", "--write", "--verify", "--reset", job.binary]]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    if job.port is None:
        raise InputError(
            f"{job.target.board.title} is programmed over its serial port",
            "add --port PORT; `edgekit ports` lists them",
        )
    execute(_TOOL, job, _commands(job))
