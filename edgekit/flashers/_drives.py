"""Boards that show themselves as a USB drive: find it, copy onto it, watch what becomes of it."""

from __future__ import annotations

import os
import string
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from edgekit.errors import DeviceError
from edgekit.flashers._job import Job

#: Where systems mount drives: Linux desktops, macOS.
MOUNTS = ("/media/*/*", "/media/*", "/run/media/*/*", "/mnt/*", "/Volumes/*")
#: A board restarts within a second of the last block; a slow one takes a few.
RESTART_S = 15.0


def drives() -> list[Path]:
    """Every mounted drive that may be a board's."""
    if sys.platform == "win32":
        return [d for letter in string.ascii_uppercase if (d := Path(f"{letter}:/")).is_dir()]
    found: dict[Path, None] = {}
    for pattern in MOUNTS:
        root, _, rest = pattern.lstrip("/").partition("/")
        for path in sorted((Path("/") / root).glob(rest)):
            if os.access(path, os.R_OK) and path.is_dir():
                found[path] = None
    return list(found)


def the_one(job: Job, fits: Callable[[Path], bool], what: str, hint: str) -> Path:
    """The drive of this board: `--probe PATH`, or the only one that fits.

    Raises:
        DeviceError: none or several fit.
    """
    candidates: Sequence[Path] = [Path(job.probe)] if job.probe else drives()
    found = [drive for drive in candidates if fits(drive)]
    if len(found) == 1:
        return found[0]
    if found:
        raise DeviceError(
            f"several drives have {what}: {', '.join(map(str, found))}",
            "name one by --probe PATH",
        )
    where = f"in {job.probe}" if job.probe else "on any mounted drive"
    raise DeviceError(f"there is no {what} {where}: {job.target.board.title} is not there", hint)


def copy(data: bytes, path: Path) -> None:
    """Write a file and wait until the drive has it.

    Raises:
        DeviceError: the drive is full, gone or write-protected.
    """
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DeviceError(
            f"can't write {path}: {error.strerror or error}",
            "is the drive full or write-protected? Plug the board in again",
        ) from error


def vanished(drive: Path, marker: str) -> bool:
    """Whether the drive went away, which a board does when it restarts with the new image."""
    end = time.monotonic() + RESTART_S
    while (drive / marker).exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
