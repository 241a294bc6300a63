"""A plot of accuracy against a cost, with the variants that no other one beats in both."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgekit.errors import InputError, ToolError

FORMATS = ("png", "svg")


@dataclass(frozen=True, slots=True)
class Point:
    """A variant in the plot.

    Attributes:
        name: beside its mark.
        cost: less is better.
        accuracy: share of 1; more is better.
        low: lower end of its interval.
        high: upper end.
    """

    name: str
    cost: float
    accuracy: float
    low: float
    high: float


def front(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points that no other is at least as good as in both and better in one, by cost."""
    kept = [
        p
        for p in points
        if not any(
            o.cost <= p.cost
            and o.accuracy >= p.accuracy
            and (o.cost < p.cost or o.accuracy > p.accuracy)
            for o in points
        )
    ]
    return tuple(sorted(kept, key=lambda p: (p.cost, p.name)))


def plot(points: Sequence[Point], cost: str, kind: str) -> bytes:
    """The picture; the same points give the same bytes with the same matplotlib.

    Args:
        points: at least one.
        cost: the axis' label, with its unit.
        kind: one of FORMATS.

    Raises:
        InputError: no points, or another format.
        ToolError: matplotlib is not installed.
    """
    if kind not in FORMATS:
        raise InputError(f"{kind!r} is no format of plots", f"known: {', '.join(FORMATS)}")
    if not points:
        raise InputError(
            "no variant has both an accuracy and a cost to be plotted", "add --data DATA"
        )
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ToolError("plots need matplotlib", "pip install 'edgekit[plot]'") from error
    with mpl.rc_context({"svg.hashsalt": "edgekit", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 5), layout="constrained")
        _draw(figure.add_subplot(), points, cost)
        out = io.BytesIO()
        figure.savefig(out, format=kind, dpi=120, metadata={"Date": None} if kind == "svg" else {})
    return out.getvalue()


def _draw(axes: Any, points: Sequence[Point], cost: str) -> None:
    best = front(points)
    axes.errorbar(
        [p.cost for p in points],
        [100 * p.accuracy for p in points],
        [
            [100 * (p.accuracy - p.low) for p in points],
            [100 * (p.high - p.accuracy) for p in points],
        ],
        fmt="o",
        capsize=3,
        label="variants, with 95 % intervals",
    )
    axes.plot(
        [p.cost for p in best],
        [100 * p.accuracy for p in best],
        drawstyle="steps-post",
        linestyle="--",
        label="Pareto front",
    )
    for point in points:
        axes.annotate(
            point.name,
            (point.cost, 100 * point.accuracy),
            textcoords="offset points",
            xytext=(6, 4),
        )
    axes.set_xlabel(cost)
    axes.set_ylabel("accuracy, %")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
