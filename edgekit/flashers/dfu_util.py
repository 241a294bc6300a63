"""dfu-util: chips whose boot loader speaks USB DFU, e.g. the STM32's own."""

from __future__ import annotations

from pathlib import Path

from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "dfu-util"
SETTINGS = {"device": "the boot loader's USB id, e.g. '0483:df11'"}

_TOOL = Tool(
    "dfu-util",
    "sudo apt install dfu-util",
    (
        (r"LIBUSB_ERROR_ACCESS|cannot open DFU device", Trouble.NO_ACCESS),
        (r"more than one DFU capable", Trouble.SEVERAL),
        (r"no DFU capable USB device", Trouble.NO_BOOTLOADER),
        (r"read.?protect|errWRITE|not writeable|not writable", Trouble.LOCKED),
        (r"errADDRESS|outside of|not supported memory|last page at .* is not", Trouble.WRONG_CHIP),
        (r"errVERIFY|errCHECK_ERASED|errPROG", Trouble.VERIFY),
    ),
    ok=r"File downloaded successfully",
)


def _commands(job: Job) -> list[list[str | Path]]:
    command: list[str | Path] = ["dfu-util", "--alt", "0", "--device", job.settings["device"]]
    if job.probe:
        command += ["--serial", job.probe]
    return [[*command, "--dfuse-address", f"0x{job.address:08x}:leave", "--download", job.binary]]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    execute(_TOOL, job, _commands(job))
