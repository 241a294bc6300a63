"""pyOCD: CMSIS-DAP probes, ST-Link and J-Link, chips by CMSIS packs."""

from __future__ import annotations

from pathlib import Path

from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "pyOCD"
SETTINGS = {"target": "pyOCD's name of the chip, e.g. 'nrf51'; `pyocd list --targets`"}

_TOOL = Tool(
    "pyocd",
    "pip install pyocd",
    (
        (r"Access denied|insufficient permissions|LIBUSB_ERROR_ACCESS", Trouble.NO_ACCESS),
        (r"no connected debug probes|no available debug probes|no probe", Trouble.NO_PROBE),
        (r"no target device available", Trouble.NO_PROBE),
        (r"more than one|multiple probes", Trouble.SEVERAL),
        (r"APPROTECT|is protected|locked|security", Trouble.LOCKED),
        (r"verif\w+ (error|failed)|compare failed|flash program page failure", Trouble.VERIFY),
        (r"part number|does not match|unexpected (idcode|dpidr)", Trouble.WRONG_CHIP),
        (
            r"no ack|Get IDCODE error|unable to connect|DP initialisation|fault ack",
            Trouble.NO_TARGET,
        ),
    ),
)


def _commands(job: Job) -> list[list[str | Path]]:
    # --no-wait: without it a missing probe is waited for, for ever. Every page is read back and
    # compared unless --trust-crc is given.
    command: list[str | Path] = ["pyocd", "load", "--no-wait", "--target", job.settings["target"]]
    if job.probe:
        command += ["--uid", job.probe]
    return [[*command, job.elf]]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    execute(_TOOL, job, _commands(job))
