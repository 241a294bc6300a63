"""The current that a meter sampled, with the inferences that the marker pin shows."""

from __future__ import annotations

from markupsafe import Markup

from edgekit.report.page import svg
from edgekit.report.page.findings import Findings

_TOP, _BOTTOM, _LEFT, _RIGHT = 12, 36, 46, 10
_HEIGHT = 260


def draw(findings: Findings, width: int) -> Markup:
    """Time to the right, current upward: the mean, and the lowest to the highest sample."""
    assert findings.metered is not None  # the page asks first
    trace = findings.metered[1]
    assert trace is not None
    times = [float(t) for t in trace["time_s"]]
    start, span = times[0], (times[-1] - times[0]) or 1.0
    top = max(map(float, trace["high_ma"])) * 1.05 or 1.0
    floor, right = _HEIGHT - _BOTTOM, width - _RIGHT

    def x(time: float) -> float:
        return _LEFT + min(max((time - start) / span, 0.0), 1.0) * (right - _LEFT)

    def y(current: float) -> float:
        return floor - max(current, 0.0) / top * (floor - _TOP)

    def points(values: list[float], moments: list[float]) -> str:
        pairs = zip(moments, values, strict=True)
        return " ".join(f"{svg.number(x(t))},{svg.number(y(float(v)))}" for t, v in pairs)

    hull = points([*trace["high_ma"], *reversed(trace["low_ma"])], [*times, *reversed(times)])
    marked = [
        svg.rect(
            x(begin),
            _TOP,
            max(x(end) - x(begin), 1.0),
            floor - _TOP,
            "band",
            f"inference {i + 1}: {(end - begin) * 1e3:.3f} ms",
        )
        for i, (begin, end) in enumerate(trace["marks"])
    ]
    grid = []
    for value in svg.ticks(top):
        grid.append(svg.line(_LEFT, y(value), right, y(value), "grid"))
        grid.append(svg.label(_LEFT - 6, y(value) + 4, svg.short(value), "t muted", "end"))
    for value in svg.ticks(span, 5 if width == svg.WIDE else 3):
        text = f"{value * 1e3:g} ms" if span < 2 else f"{value:g} s"
        anchor = "end" if x(start + value) > right - 30 else "middle"
        grid.append(svg.label(x(start + value), floor + 16, text, "t muted", anchor))
    return svg.picture(
        width,
        _HEIGHT,
        f"Current over time, {len(trace['marks'])} inferences marked",
        *marked,
        *grid,
        svg.element("polygon", points=hull, class_="hull"),
        svg.element("polyline", points=points(trace["mean_ma"], times), class_="curve"),
        svg.label(_LEFT, _HEIGHT - 3, "current, mA", "t muted"),
    )
