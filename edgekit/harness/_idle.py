"""Integrals over samples, and the power of a board at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.meters import Capture
from edgekit.meters._model import Real

_LEAST_S = 0.05
_LEAST_SAMPLES = 8
#: Neighbouring samples are not independent: the board wakes up for a tick now and then.
_BLOCKS = 25
_DRIFT = 0.05
_DRIFT_ERRORS = 4.0


class Integral:
    """The integral of a sampled value, exact for what is constant around each sample.

    A sample stands for the time halfway to its neighbours, which needs no even spacing.
    """

    def __init__(self, time_s: Real, values: Real) -> None:
        middles = (time_s[1:] + time_s[:-1]) / 2
        first = time_s[0] - (middles[0] - time_s[0])
        last = time_s[-1] + (time_s[-1] - middles[-1])
        self._edges = np.concatenate(([first], middles, [last]))
        self._sums = np.concatenate(([0.0], np.cumsum(values * np.diff(self._edges))))

    def between(self, starts: Real, ends: Real) -> Real:
        """From each start to its end [k], in value times seconds."""
        upper = np.interp(ends, self._edges, self._sums)
        return np.asarray(upper - np.interp(starts, self._edges, self._sums), np.float64)


@dataclass(frozen=True, slots=True)
class Idle:
    """A board at rest.

    Attributes:
        power_w, current_a: means.
        standard_error_w: of the power.
        drift_w: its change from before to behind the inferences, where that is more than chance.
    """

    power_w: float
    current_a: float
    standard_error_w: float
    drift_w: float | None


def idle_of(capture: Capture, until_s: float, from_s: float) -> Idle | None:
    """What the board takes before `until_s` and behind `from_s`; None where that is too short."""
    before = np.flatnonzero(capture.time_s < until_s)
    behind = np.flatnonzero(capture.time_s > from_s)
    parts = [part for part in (before, behind) if _enough(capture.time_s[part])]
    if not parts:
        return None
    power = capture.power_w
    blocks = [_blocks(power[part]) for part in parts]
    means = np.array([float(power[part].mean()) for part in parts])
    errors = np.array([b.std(ddof=1) / np.sqrt(len(b)) for b in blocks])
    weights = np.array([len(part) for part in parts], np.float64)
    weights /= weights.sum()
    drift = None
    if len(parts) == 2:
        change = float(means[1] - means[0])
        chance = _DRIFT_ERRORS * float(np.hypot(*errors))
        if abs(change) > max(chance, _DRIFT * abs(float(means.mean()))):
            drift = change
    error = float(np.sqrt(np.sum((weights * errors) ** 2)))
    return Idle(
        float(means @ weights),
        float(np.concatenate([capture.current_a[part] for part in parts]).mean()),
        # A power at rest that changes is known no better than by that change.
        error if drift is None else float(np.hypot(error, drift / np.sqrt(12))),
        drift,
    )


def _enough(times: Real) -> bool:
    return len(times) >= _LEAST_SAMPLES and float(times[-1] - times[0]) >= _LEAST_S


def _blocks(values: Real) -> Real:
    """Means of consecutive blocks."""
    count = min(_BLOCKS, len(values) // 2)
    return np.array([block.mean() for block in np.array_split(values, count)])
