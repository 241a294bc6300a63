"""What the console application takes of a board beside a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Overhead:
    """What the console application adds to a model, measured on linked firmware.

    Attributes:
        ram_bytes: static RAM, without arena, input copy and stack.
        flash_bytes: code and constants, without kernels and model.
    """

    ram_bytes: int
    flash_bytes: int


#: A test holds the RAM against the builder's figure, and others both against linked images.
CONSOLE = Overhead(ram_bytes=1152, flash_bytes=12_000)
