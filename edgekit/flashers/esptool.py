"""esptool: Espressif's chips, by their boot loader in ROM."""

from __future__ import annotations

from pathlib import Path

from edgekit.flashers._job import Job
from edgekit.flashers._tool import Tool, Trouble, execute, shown

TITLE = "esptool"
SETTINGS = {
    "chip": "esptool's name of the chip, as `esptool --help` lists it",
    "offset": "where in the flash chip the image goes, e.g. '0x0'",
}

_TOOL = Tool(
    "esptool",
    "pip install 'esptool>=5'",
    (
        (r"permission denied", Trouble.NO_ACCESS),
        (r"could not open|port is busy", Trouble.BUSY),
        (r"no serial ports found|found 0 serial ports", Trouble.NO_PROBE),
        (r"this chip is|wrong chip|unexpected chip", Trouble.WRONG_CHIP),
        (r"secure boot|flash encryption|secure download|write.?protect", Trouble.LOCKED),
        (r"MD5 of file does not match|verif\w+ failed|digest", Trouble.VERIFY),
        (r"failed to connect|no serial data received|timed out", Trouble.NO_BOOTLOADER),
    ),
    ok=r"Hash of data verified",
)


def _commands(job: Job) -> list[list[str | Path]]:
    chip = job.settings["chip"]
    image = job.elf.with_suffix(".esp.bin")
    port = ["--port", job.port] if job.port else []
    return [
        ["esptool", "--chip", chip, "elf2image", "--use-segments", "--output", image, job.elf],
        ["esptool", "--chip", chip, *port, "write-flash", job.settings["offset"], image],
    ]


def plan(job: Job) -> list[str]:
    """See the package."""
    return shown(_commands(job))


def program(job: Job) -> None:
    """See the package."""
    execute(_TOOL, job, _commands(job))
