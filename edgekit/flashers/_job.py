"""What is programmed, where, and by which settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edgekit.targets import Target


@dataclass(frozen=True, slots=True)
class Job:
    """One image for one board.

    Attributes:
        elf: the image with addresses.
        binary: the same bytes without, from the start of the flash.
        target: the board.
        settings: the board's `[flash.<programmer>]` table.
        probe: serial number of the probe; None takes the only one.
        port: serial port; None where none is needed.
    """

    elf: Path
    binary: Path
    target: Target
    settings: Mapping[str, str]
    probe: str | None = None
    port: str | None = None

    @property
    def address(self) -> int:
        """Where the image begins in the chip's address space."""
        return self.target.soc.memory("flash").origin
