"""Tests for the Pareto front and its picture."""

from __future__ import annotations

import pytest

from edgekit.errors import InputError
from edgekit.report.pareto import Point, front, plot


def _point(name: str, cost: float, accuracy: float) -> Point:
    return Point(name, cost, accuracy, accuracy - 0.01, accuracy + 0.01)


POINTS = [
    _point("large", 100, 0.98),
    _point("beaten", 90, 0.95),
    _point("middle", 50, 0.96),
    _point("equal", 50, 0.96),
    _point("small", 10, 0.80),
    _point("dear", 60, 0.96),
]


def test_the_front_has_what_no_other_beats_in_both() -> None:
    assert [p.name for p in front(POINTS)] == ["small", "equal", "middle", "large"]


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_same_points_give_the_same_picture(kind: str, begins: bytes) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plot` is not installed")
    picture = plot(POINTS, "latency, us", kind)
    assert picture.startswith(begins)
    assert picture == plot(POINTS, "latency, us", kind)
    if kind == "svg":
        assert all(point.name.encode() in picture for point in POINTS)


def test_what_can_not_be_drawn() -> None:
    with pytest.raises(InputError, match="no variant has both"):
        plot([], "MACs", "svg")
    with pytest.raises(InputError, match="'pdf' is no format"):
        plot(POINTS, "MACs", "pdf")
