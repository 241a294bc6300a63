"""What is missed, and the limits that would be met instead."""

from __future__ import annotations

import pytest

from edgekit.optimize._limits import Limits, parse_bytes, parse_points, parse_time
from edgekit.optimize._result import Figures, Variant, enough, misses

FIGURES = Figures(8015.003, 26_020, 52_532, 1_346_520, True, 465_134, 60_000, 40_000)
REFERENCE = 0.9


@pytest.mark.parametrize("accuracy", [0.8333333, 0.8, 0.7000001])
def test_what_is_enough_is_met(accuracy: float) -> None:
    asked = Limits(1000.0, 20_000, 50_000, 0.01)
    missed = misses(FIGURES, accuracy, REFERENCE, asked)
    assert set(missed) == {"latency", "RAM", "flash", "accuracy"}
    words = enough(Variant("pruned", FIGURES, accuracy, missed), REFERENCE).split()
    given = dict(zip(words[::2], words[1::2], strict=True))
    limits = Limits(
        parse_time(given["--max-latency"]),
        parse_bytes(given["--max-ram"]),
        parse_bytes(given["--max-flash"]),
        parse_points(given["--max-drop"]),
    )
    assert misses(FIGURES, accuracy, REFERENCE, limits) == {}
    assert limits.latency_us == pytest.approx(8020.0)


def test_only_what_is_missed_is_named() -> None:
    missed = misses(FIGURES, 0.9, REFERENCE, Limits(1000.0, 1 << 20))
    assert enough(Variant("pruned", FIGURES, 0.9, missed), REFERENCE) == "--max-latency 8.02ms"
