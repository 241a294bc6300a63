"""Where a device under test can be reached, and what its clock is worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A line to a device.

    Attributes:
        url: what transports.open_link takes.
        baud: its speed.
        emulated: the device is emulated or a program of this PC: its ticks are no latency.
        instructions_per_tick: what one tick of its timer is worth, where instructions are counted.
    """

    url: str
    baud: int = 115200
    emulated: bool = False
    instructions_per_tick: float | None = None
