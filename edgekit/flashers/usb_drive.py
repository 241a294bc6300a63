"""Boards with an interface chip that programs what is copied onto its drive: DAPLink, MPS."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import DeviceError
from edgekit.flashers import _drives
from edgekit.flashers._job import Job

TITLE = "USB drive"
#: `listed_in` may be there, too: a file on the drive that must name the image.
SETTINGS = {
    "marker": "a file on the drive that tells the board by its path, e.g. 'DETAILS.TXT'",
    "to": "where on the drive the image goes, e.g. 'edgekit.bin'",
}
#: What DAPLink leaves when it could not program the chip.
FAILED = "FAIL.TXT"


def plan(job: Job) -> list[str]:
    """See the package."""
    return [f"copy {job.binary} to {job.settings['to']} on the drive with {job.settings['marker']}"]


def program(job: Job) -> None:
    """See the package."""
    marker, to = job.settings["marker"], job.settings["to"]
    drive = _drives.the_one(
        job,
        lambda drive: (drive / marker).is_file(),
        marker,
        "is the board plugged in by the port of its interface chip, and its drive mounted?",
    )
    data = job.binary.read_bytes()
    _drives.copy(data, drive / to)
    failed = drive / FAILED
    if failed.is_file():
        text = failed.read_text(encoding="utf-8", errors="replace").strip()
        raise DeviceError(f"the board's interface chip says: {text}", "see the maker's page")
    _check_list(job, drive)


def _check_list(job: Job, drive: Path) -> None:
    listed_in = job.settings.get("listed_in")
    name = job.settings["to"].rpartition("/")[2]
    if listed_in is None:
        return
    try:
        listed = name.lower() in (drive / listed_in).read_text("utf-8", "replace").lower()
    except OSError:
        listed = False
    if not listed:
        raise DeviceError(
            f"the image is on the drive, but {drive / listed_in} does not name it",
            f"enter IMAGE0ADDRESS: 0x{job.address:08X} and IMAGE0FILE: \\{job.settings['to']} "
            "there, then switch the board off and on",
        )
