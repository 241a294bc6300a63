"""Flashing, as far as it can be proven without hardware: boot the image, ask it who it is."""

from __future__ import annotations

from pathlib import Path

from edgekit import emulators
from edgekit.harness.protocol import Hello
from edgekit.harness.session import Device
from edgekit.targets import Target


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
