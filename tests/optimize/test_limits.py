"""Tests for limits as they are written, and for what misses them."""

from __future__ import annotations

import pytest

from edgekit.errors import InputError
from edgekit.optimize import Figures, Limits, parse_bytes, parse_points, parse_time
from edgekit.optimize._result import misses, told

FIGURES = Figures(90_000.0, 70_000, 200_000, 1, True, 1, 1, 1)


def test_units() -> None:
    assert parse_time("100ms") == 100_000
    assert parse_time("0.5 s") == 500_000
    assert parse_time("800us") == 800
    assert parse_bytes("64k") == 65_536
    assert parse_bytes("1M") == 1 << 20
    assert parse_bytes("70000") == 70_000
    assert parse_points("1pt") == pytest.approx(0.01)
    assert parse_points("0.5") == pytest.approx(0.005)


@pytest.mark.parametrize("text", ["", "100", "ms", "-5ms", "1e3ms", "5min", "nan"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(InputError, match="is not a time"):
        parse_time(text)


def test_what_is_missed_and_by_how_much() -> None:
    limits = Limits(latency_us=80_000, ram_bytes=65_536, flash_bytes=200_000, drop=0.01)
    found = misses(FIGURES, 0.93, 0.95, limits)
    assert found == pytest.approx({"latency": 10_000, "RAM": 4_464, "accuracy": 0.01})
    assert [told(name, by) for name, by in found.items()] == [
        "latency by 10.00 ms",
        "RAM by 4,464 bytes",
        "accuracy by 1.00 points",
    ]
    assert misses(FIGURES, 0.95, 0.96, Limits(latency_us=90_000)) == {}
