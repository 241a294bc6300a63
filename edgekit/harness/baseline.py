"""Compares the figures of a benchmark with earlier ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import InputError

#: Where the figures stand in what `bench --json` prints; of all of them less is better.
FIGURES = (
    ("instructions",),
    ("cycles_estimate",),
    ("latency_us", "median"),
    ("latency_us", "p99"),
    ("energy", "net_uj"),
    ("arena_bytes",),
    ("stack_bytes",),
    ("flash_bytes", "total"),
    ("flash_bytes", "weights"),
    ("flash_bytes", "code"),
)
#: What must be the same for figures to be comparable.
_SAME = ("board", "where", "macs")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure against the baseline's.

    Attributes:
        name: e.g. `latency_us.median`.
        before: the baseline's.
        now: this run's; None where it is no longer there.
        change: relative; None where it can't be told.
        worse: by more than the tolerance, or gone.
    """

    name: str
    before: float
    now: float | None
    change: float | None
    worse: bool

    def sentence(self) -> str:
        """In words."""
        if self.now is None:
            return f"{self.name} was {_shown(self.before)} and is missing"
        change = "" if self.change is None else f" ({100 * self.change:+.2f} %)"
        return f"{self.name} was {_shown(self.before)} and is {_shown(self.now)}{change}"


def _shown(value: float) -> str:
    """Whole from where the digits behind the point tell nothing."""
    return f"{value:,.0f}" if value >= 100_000 else f"{value:,.6g}"


def read(path: Path) -> dict[str, Any]:
    """A file that `bench --json` printed.

    Raises:
        InputError: it can't be read, or has no figures.
    """
    hint = "write one with `edgekit bench DIR --emulate --json > FILE`"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"the baseline {path} can't be read: {error}", hint) from error
    if not isinstance(found, dict) or not any(_figure(found, name) for name in FIGURES):
        raise InputError(f"the baseline {path} has no figures of `edgekit bench`", hint)
    return found


def compare(
    before: Mapping[str, Any], now: Mapping[str, Any], tolerance: float
) -> tuple[Comparison, ...]:
    """Every figure of the baseline against this run's.

    Args:
        before: the baseline.
        now: this run, as `--json` prints it.
        tolerance: a figure may be so much worse, relatively.

    Raises:
        InputError: another board, place or model was measured.
    """
    for key in _SAME:
        if before.get(key) != now.get(key):
            raise InputError(
                f"the baseline's {key} is {before.get(key)!r}, this run's {now.get(key)!r}: they "
                "can't be compared",
                "take a baseline of the same model, board and place",
            )
    return tuple(
        _compared(".".join(name), old, _figure(now, name), tolerance)
        for name in FIGURES
        if (old := _figure(before, name)) is not None
    )


def parse_tolerance(text: str) -> float:
    """`2%` or `0.02`.

    Raises:
        InputError: it is neither, or negative.
    """
    try:
        percent = text.endswith("%")
        value = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < 10:
        raise InputError(f"{text!r} is no tolerance", "give e.g. 2% or 0.02")
    return value


def _compared(name: str, before: float, now: float | None, tolerance: float) -> Comparison:
    if now is None:
        return Comparison(name, before, None, None, True)
    change = now / before - 1 if before else None
    return Comparison(name, before, now, change, now > before * (1 + tolerance))


def _figure(values: Mapping[str, Any], name: tuple[str, ...]) -> float | None:
    found: Any = values
    for key in name:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None
