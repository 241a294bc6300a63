"""Tests for Wilson's interval, against values of the literature and its own definition."""

from __future__ import annotations

import pytest

from edgekit.harness.intervals import wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [  # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=5e-5)


def test_all_right_is_not_certainty() -> None:
    low, high = wilson(50, 50)
    assert 0.92 < low < 0.94
    assert high == pytest.approx(1.0)
