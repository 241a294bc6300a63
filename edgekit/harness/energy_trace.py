"""A capture as a picture needs it: few points, and where the inferences are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.meters import Capture

#: Points of a picture; a capture has up to 100,000 samples a second.
POINTS = 600
#: Of the length of all inferences, on each side of them.
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Trace:
    """The current over time, in equal steps.

    Attributes:
        time_s: of each point, by the meter's clock.
        low_ma, mean_ma, high_ma: of the samples around it.
        marks: begin and end of each inference, by the marker pin.
    """

    time_s: tuple[float, ...]
    low_ma: tuple[float, ...]
    mean_ma: tuple[float, ...]
    high_ma: tuple[float, ...]
    marks: tuple[tuple[float, float], ...]


def trace_of(capture: Capture, points: int = POINTS) -> Trace:
    """Reduce a capture to at most `points` points, around its inferences where they are marked."""
    marks = _marks(capture)
    time, current = capture.time_s, capture.current_a * 1e3
    if marks:
        margin = _MARGIN * (marks[-1][1] - marks[0][0])
        inside = (time >= marks[0][0] - margin) & (time <= marks[-1][1] + margin)
        if np.count_nonzero(inside) >= 2:
            time, current = time[inside], current[inside]
    starts = np.unique(np.linspace(0, len(time), min(points, len(time)) + 1).astype(np.int64))[:-1]
    counts = np.diff([*starts, len(time)])
    return Trace(
        _rounded(np.add.reduceat(time, starts) / counts, 7),
        _rounded(np.minimum.reduceat(current, starts), 5),
        _rounded(np.add.reduceat(current, starts) / counts, 5),
        _rounded(np.maximum.reduceat(current, starts), 5),
        marks,
    )


def _rounded(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], digits: int
) -> tuple[float, ...]:
    return tuple(np.round(values, digits).tolist())


def _marks(capture: Capture) -> tuple[tuple[float, float], ...]:
    """The marker is low while an inference runs; one that is cut off at an end is none."""
    if capture.marker is None:
        return ()
    low = (~capture.marker).astype(np.int8)
    steps = np.diff(low)
    begins, ends = np.flatnonzero(steps == 1) + 1, np.flatnonzero(steps == -1) + 1
    if len(begins) and len(ends) and ends[0] <= begins[0]:
        ends = ends[1:]
    time = capture.time_s
    return tuple((float(time[b]), float(time[e])) for b, e in zip(begins, ends, strict=False))
