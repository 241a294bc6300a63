"""What the user asks of a network, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgekit.errors import InputError

_TIMES = {"us": 1.0, "ms": 1e3, "s": 1e6}
_SIZES = {"": 1, "b": 1, "k": 1024, "kb": 1024, "kib": 1024, "m": 1 << 20, "mb": 1 << 20}
_POINTS = {"": 0.01, "pt": 0.01, "pts": 0.01, "%": 0.01}
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-zA-Z%]*)\s*")


@dataclass(frozen=True, slots=True)
class Limits:
    """What must be met; None where nothing is asked.

    Attributes:
        latency_us: of one inference, as estimated.
        ram_bytes: everything: arena, the console's copy of the input, its data and the stack.
        flash_bytes: the linked firmware.
        drop: how much accuracy may be lost against the float network, as a share of 1.
    """

    latency_us: float | None = None
    ram_bytes: int | None = None
    flash_bytes: int | None = None
    drop: float = 0.01


def parse_time(text: str) -> float:
    """`100ms`, `0.1s`, `800us` -> microseconds; a number alone has no meaning here."""
    return _parse(text, _TIMES, "a time", "100ms")


def parse_bytes(text: str) -> int:
    """`64k` (65,536), `1M`, `65536` -> bytes."""
    return int(_parse(text, _SIZES, "a size", "64k"))


def parse_points(text: str) -> float:
    """`1pt`, `0.5` -> a share of 1: points of accuracy in percent."""
    return _parse(text, _POINTS, "points of accuracy", "1pt")


def _parse(text: str, units: dict[str, float] | dict[str, int], what: str, example: str) -> float:
    found = _NUMBER.fullmatch(text)
    if found is None or found[2].lower() not in units:
        raise InputError(f"{text!r} is not {what}", f"write it as {example}")
    return float(found[1]) * units[found[2].lower()]
