"""UF2: drag and drop onto the drive that a boot loader shows."""

from __future__ import annotations

import re
from pathlib import Path

from edgekit.errors import DeviceError
from edgekit.flashers import _drives
from edgekit.flashers._job import Job
from edgekit.uf2 import encode

TITLE = "UF2 drive"
SETTINGS = {
    "family": "the UF2 family id of the chip, e.g. '0xe48bff56'",
    "board_id": "what INFO_UF2.TXT has as Board-ID, e.g. 'RPI-RP2'",
}
INFO = "INFO_UF2.TXT"
NAME = "EDGEKIT.UF2"


def board_id(drive: Path) -> str | None:
    """The Board-ID of a boot loader's drive; None if it is not one."""
    try:
        text = (drive / INFO).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"^Board-ID:\s*(\S+)", text, re.MULTILINE)
    return found.group(1) if found else ""


def image(job: Job) -> bytes:
    """The board's image as UF2."""
    return encode(job.binary.read_bytes(), job.address, int(job.settings["family"], 0))


def plan(job: Job) -> list[str]:
    """See the package."""
    return [f"copy {NAME} onto the drive whose {INFO} has the Board-ID {job.settings['board_id']}"]


def program(job: Job) -> None:
    """See the package."""
    wanted = job.settings["board_id"]
    drive = _drives.the_one(
        job,
        lambda drive: board_id(drive) is not None,
        INFO,
        "hold the BOOT or BOOTSEL button while you plug it in; does the system mount the drive?",
    )
    found = board_id(drive)
    if found != wanted:
        raise DeviceError(
            f"the drive {drive} is a {found or 'board without an id'}, not {wanted}",
            "is it another board? Check the name given to --board",
        )
    _drives.copy(image(job), drive / NAME)
    if not _drives.vanished(drive, INFO):
        raise DeviceError(
            f"{job.target.board.title} did not restart with the new image",
            "its boot loader refused the blocks (another chip family?); plug it in again and retry",
        )
