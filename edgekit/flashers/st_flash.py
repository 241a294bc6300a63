"""st-flash of the stlink tools: STM32 by an ST-Link."""

from __future__ import annotations

from pathlib import Path

from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "st-flash"
SETTINGS: dict[str, str] = {}

_TOOL = Tool(
    "st-flash",
    "sudo apt install stlink-tools",
    (
        (r"LIBUSB_ERROR_ACCESS|could not open USB device", Trouble.NO_ACCESS),
        (r"couldn't find any ST-Link|no st-?link", Trouble.NO_PROBE),
        (r"write.?protect|read.?out protection|failed to unlock|RDP", Trouble.LOCKED),
        (r"verification of flash failed|flash verification", Trouble.VERIFY),
        (
            r"can not connect to target|unknown chip id! 0x?0+\b|failed to enter SWD",
            Trouble.NO_TARGET,
        ),
        (r"unknown chip|failed to parse flash type", Trouble.WRONG_CHIP),
    ),
    ok=r"Flash written and verified",
)


def _commands(job: Job) -> list[list[str | Path]]:
    serial = ["--serial", job.probe] if job.probe else []
    return [["st-flash", "--reset", *serial, "write", job.binary, f"0x{job.address:08x}"]]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    execute(_TOOL, job, _commands(job))
