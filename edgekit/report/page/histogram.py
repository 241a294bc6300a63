"""How the latencies of a benchmark are distributed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from edgekit.report.page import svg
from edgekit.report.page.findings import Findings

_TOP, _BOTTOM, _LEFT, _RIGHT = 50, 36, 40, 10
_HEIGHT = 240
_MARKS = (("median", "median"), ("p90", "p90"), ("p99", "p99"))


def draw(findings: Findings, width: int) -> Markup:
    """Latencies to the right, how many inferences upward, median, p90 and p99 as lines."""
    assert findings.run is not None  # the page asks first
    values = [float(v) for v in findings.run["latencies_us"]]
    latency = findings.run["bench"]["latency_us"]
    low, step, counts = bins(values)
    floor, right = _HEIGHT - _BOTTOM, width - _RIGHT
    across = (right - _LEFT) / len(counts)
    up = (floor - _TOP) / max(counts)
    bars = [
        svg.rect(
            _LEFT + i * across + 1,
            floor - n * up,
            across - 2,
            n * up,
            "block activation",
            f"{n} inferences from {low + i * step:,.2f} to {low + (i + 1) * step:,.2f} µs",
        )
        for i, n in enumerate(counts)
        if n
    ]
    span = step * len(counts)
    marks = []
    for row, (key, name) in enumerate(_MARKS):
        x = _LEFT + (float(latency[key]) - low) / span * (right - _LEFT)
        y = 14 + 14 * row
        anchor = "end" if x > width * 0.7 else "start"
        beside = x - 5 if anchor == "end" else x + 5
        marks.append(svg.line(x, y - 10, x, floor, "mark"))
        marks.append(svg.label(beside, y, f"{name} {latency[key]:,.1f} µs", "t", anchor))
    return svg.picture(
        width,
        _HEIGHT,
        f"Histogram of {len(values)} latencies",
        *_axes(low, span, max(counts), floor, up, width),
        *bars,
        *marks,
    )


def bins(values: Sequence[float]) -> tuple[float, float, list[int]]:
    """Where the first bin begins, how wide each is, and how many values are in each."""
    low, high = min(values), max(values)
    spread = (high - low) or max(abs(high), 1.0) * 1e-3  # equal values: one bar in the middle
    count = min(24, max(5, math.ceil(1.5 * math.sqrt(len(values)))))
    if high == low:
        low -= spread / 2
    step = spread / count
    counts = [0] * count
    for value in values:
        counts[min(int((value - low) / step), count - 1)] += 1
    return low, step, counts


def _axes(low: float, span: float, most: int, floor: float, up: float, width: int) -> list[Markup]:
    found = []
    for value in svg.ticks(most, 3):
        if value == int(value):
            y = floor - value * up
            found.append(svg.line(_LEFT, y, width - _RIGHT, y, "grid"))
            found.append(svg.label(_LEFT - 6, y + 4, f"{value:g}", "t muted", "end"))
    for share, anchor in ((0.0, "start"), (1.0, "end")):
        x = _LEFT + share * (width - _LEFT - _RIGHT)
        text = f"{low + share * span:,.2f} µs"
        found.append(svg.label(x, floor + 16, text, "t muted", anchor))
    middle = (width + _LEFT - _RIGHT) / 2
    found.append(svg.label(middle, floor + 32, "latency", "t muted", "middle"))
    return found
