"""Programming a board and reading back what runs on it."""

from __future__ import annotations

import time
from pathlib import Path

from edgekit import emulators, flashers
from edgekit.emulators import Link
from edgekit.errors import DeviceError
from edgekit.harness.protocol import Hello
from edgekit.harness.session import Device
from edgekit.targets import Target
from edgekit.transports.discovery import port_of

#: A board that has just been programmed restarts, and its port may come back under a new number.
START_S = 10.0


def flash_emulated(elf: Path, target: Target, build_id: str) -> Hello:
    """Load an image into the board's emulator, start it and read its build id back.

    Args:
        elf: the console's image.
        target: its board.
        build_id: what the image was generated as.

    Raises:
        ToolError: nothing emulates this board, or the emulator is missing.
        DeviceError: the image does not start, or is another build.
    """
    with emulators.running(elf, target, count=False) as link, Device(link) as device:
        return device.expect(build_id)


def flash_board(flasher: flashers.Flasher, job: flashers.Job, build_id: str) -> Hello | None:
    """Program a board, then ask it over its serial port which build it runs.

    Args:
        flasher: the programmer.
        job: the image and the board.
        build_id: what the image was generated as.

    Returns:
        What the board says; None where no port of it was recognised, so that nothing was read.

    Raises:
        DeviceError: programming failed, or the board does not answer, or as another build.
        ToolError: the programmer is missing, or failed in a way that is not known.
    """
    flasher.program(job)
    return confirm(job.target, build_id, job.port, job.probe)


def confirm(
    target: Target,
    build_id: str,
    port: str | None,
    serial_number: str | None = None,
    wait_s: float = START_S,
) -> Hello | None:
    """Ask a board which build it runs, again and again while it starts.

    Args:
        target: the board.
        build_id: what it should run.
        port: its serial port; None looks for one by the board's USB ids.
        serial_number: tells two of a kind apart.
        wait_s: how long it may take to start.

    Returns:
        What it says; None where no port was recognised.

    Raises:
        DeviceError: it does not answer, or as another build.
    """
    end = time.monotonic() + wait_s
    while True:
        found = port or port_of(target, serial_number)
        try:
            if found is not None:
                with Device(Link(found, target.board.baud)) as device:
                    return device.expect(build_id)
        except DeviceError as error:
            if time.monotonic() > end:
                raise DeviceError(
                    f"programmed, but not running as it should: {error.message}", error.hint
                ) from error
        if found is None and (not target.board.usb_ids or time.monotonic() > end):
            return None
        time.sleep(0.2)
