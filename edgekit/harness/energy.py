"""The energy of an inference, from what a meter sampled while a board ran some.

Of each inference: the integral of the power between the marker's edges, and what is left of it
above the board's power at rest, which is measured before the first and behind the last one. Its
scatter gives a standard error; the instrument's stated accuracy is kept apart, since repeating does
not make that smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from edgekit.errors import DeviceError
from edgekit.harness._idle import Idle, Integral, idle_of
from edgekit.meters import Accuracy, Capture
from edgekit.meters._model import Real

#: Between a request's first byte and the marker's edge, and between the edge and the end of what
#: the host asks then.
GUARD_S = 0.06
#: A marker's length and the board's timer may differ by so much before somebody is wrong.
CLOCK_TOLERANCE = 0.005
_MOST_CLOCK_ERROR = 0.10
_MOST_LOST = 0.001
#: The timed window begins a few instructions behind the marker's edge.
_EDGE_S = 5e-6

MARKER, STARTS, WHOLE = "marker", "starts of the marker", "whole run"


class EnergyError(DeviceError):
    """What was sampled does not fit what the board did: no figures are given."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the board did while the meter sampled.

    Attributes:
        count: inferences; 0 for as many as the marker says.
        latency_s: of one, by the board's timer: the mean; None where nobody knows.
        idle_s: how long the board was left alone before the first and behind the last.
        clock_confirmed: the board's timer agreed with the host's clock.
    """

    count: int
    latency_s: float | None
    idle_s: float
    clock_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Energy:
    """Of one inference, means over all of them.

    Attributes:
        inferences: how many.
        method: how they were found in the samples: `marker`, `starts of the marker`, `whole run`.
        gross_uj: all that the board took while one ran.
        net_uj: what is left of it above the power at rest.
        standard_error_uj: of `net_uj`, from the scatter of the inferences and of the power at
            rest; None for a single inference.
        instrument_uj: how far `net_uj` may be off by the instrument's stated accuracy; None where
            its maker states none.
        instrument_gross_uj: the same of `gross_uj`.
        idle_mw: power at rest.
        idle_ma, average_ma, peak_ma: current at rest; while an inference runs: mean and highest
            sample.
        voltage_v: mean while an inference runs.
        duration_s: of one.
        clock_ratio: the marker's length by the meter over the latency by the board's timer; None
            where only one of them is known.
        lost: samples that did not arrive.
        each_uj: `net_uj` of each inference; empty where they were not told apart.
        notes: what a reader should know.
    """

    inferences: int
    method: str
    gross_uj: float
    net_uj: float
    standard_error_uj: float | None
    instrument_uj: float | None
    instrument_gross_uj: float | None
    idle_mw: float
    idle_ma: float
    average_ma: float
    peak_ma: float
    voltage_v: float
    duration_s: float
    clock_ratio: float | None
    lost: int
    each_uj: tuple[float, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Where the inferences are: [k] starts and ends by the meter's clock."""

    method: str
    starts: Real
    ends: Real


def energy_of(capture: Capture, run: Run, accuracy: Accuracy | None) -> Energy:
    """The energy of the inferences in a capture.

    Raises:
        EnergyError: the inferences are not in it, or there are more or fewer of them; their
            duration is not what the board's timer says; the board was never left alone; too many
            samples are missing.
    """
    if capture.lost > _MOST_LOST * len(capture.time_s):
        raise EnergyError(
            f"{capture.lost:,} of {capture.lost + len(capture.time_s):,} samples are lost",
            "connect the meter directly, and leave the computer alone meanwhile",
        )
    found = _find(capture, run)
    run = replace(run, count=run.count or len(found.starts))
    power = Integral(capture.time_s, capture.power_w)
    guard = 0.0 if found.method == WHOLE else GUARD_S
    idle = idle_of(capture, float(found.starts[0]) - guard, float(found.ends[-1]) + guard)
    if idle is None:
        raise EnergyError(
            "the board was never at rest while the meter sampled",
            "leave it alone for a second before the first inference and behind the last",
        )
    ratio = _clock(found, run)
    resolution = _resolution(capture, found, run)
    scale = _scale(ratio, resolution, run)
    corrected = abs(scale - 1) > resolution
    return _summary(capture, run, accuracy, found, power, idle, ratio, scale, corrected)


def _find(capture: Capture, run: Run) -> _Found:
    if capture.marker is not None:
        found = _by_marker(capture)
    elif capture.starts_s is not None and run.latency_s is not None:
        found = _Found(STARTS, capture.starts_s, capture.starts_s + run.latency_s)
    else:
        return _whole(capture, run)
    if run.count and len(found.starts) != run.count:
        raise EnergyError(
            f"the meter saw {len(found.starts)} inferences, the board ran {run.count}",
            "is the board's marker pin on the meter's input, with the same supply as reference?",
        )
    if found.ends[-1] > capture.time_s[-1]:
        raise EnergyError("the samples end before the last inference")
    return found


def _by_marker(capture: Capture) -> _Found:
    assert capture.marker is not None  # the caller looked
    high = capture.marker
    if not high[0] or not high[-1]:
        raise EnergyError(
            "the marker is low while the board is at rest",
            "is the pin connected, to the input that --marker-input names?",
        )
    edges = np.flatnonzero(high[1:] != high[:-1])
    at = (capture.time_s[edges] + capture.time_s[edges + 1]) / 2
    if not len(at):
        raise EnergyError(
            "the marker never moved", "is the pin connected, to the input that is chosen?"
        )
    return _Found(MARKER, at[::2], at[1::2])


def _whole(capture: Capture, run: Run) -> _Found:
    start = float(capture.time_s[0]) + run.idle_s - GUARD_S
    end = float(capture.time_s[-1]) - run.idle_s + GUARD_S
    if run.count < 1 or end <= start:
        raise EnergyError(
            "without a marker the run must be known: the number of inferences, and how long the "
            "board was left alone before and behind them",
            "give --runs and --idle",
        )
    return _Found(WHOLE, np.array([start]), np.array([end]))


def _resolution(capture: Capture, found: _Found, run: Run) -> float:
    """How well the mean duration can be known, relatively: edges fall between samples."""
    if found.method != MARKER or not run.latency_s:
        return 0.0
    step = float(np.median(np.diff(capture.time_s)))
    return float((step / np.sqrt(run.count) + _EDGE_S) / run.latency_s)


def _clock(found: _Found, run: Run) -> float | None:
    if found.method != MARKER or not run.latency_s:
        return None
    return float((found.ends - found.starts).mean() / run.latency_s)


def _scale(ratio: float | None, resolution: float, run: Run) -> float:
    """What times and energies are multiplied by.

    1 unless edges that fall between samples explain the difference, where the board's timer knows
    better, or the meter's clock is known to be wrong.

    Raises:
        EnergyError: marker and timer do not fit, and nobody says which is wrong.
    """
    if ratio is None:
        return 1.0
    if abs(ratio - 1) <= resolution:
        return 1.0 / ratio
    if abs(ratio - 1) <= CLOCK_TOLERANCE + resolution:
        return 1.0
    if abs(ratio - 1) <= _MOST_CLOCK_ERROR + resolution and run.clock_confirmed:
        return 1.0 / ratio
    raise EnergyError(
        f"the marker is low for {ratio:.4f} times the latency that the board reports",
        "is it another run's recording, or is one of the clocks wrong? `edgekit bench --port` "
        "holds the board's against this computer's",
    )


def _summary(
    capture: Capture,
    run: Run,
    accuracy: Accuracy | None,
    found: _Found,
    power: Integral,
    idle: Idle,
    ratio: float | None,
    scale: float,
    corrected: bool,
) -> Energy:
    spans = (found.ends - found.starts) * scale
    energies = power.between(found.starts, found.ends) * scale
    above = energies - idle.power_w * spans
    duration = float(spans.mean()) if found.method != WHOLE else run.latency_s or 0.0
    net = float(above.sum()) / run.count
    gross = net + idle.power_w * duration
    inside = _inside(capture, found)
    voltage = float(capture.voltage_v[inside].mean())
    at_rest = idle.standard_error_w * float(spans.sum()) / run.count
    scatter = above.std(ddof=1) / np.sqrt(len(above)) if len(above) > 1 else None
    if found.method == WHOLE:
        scatter = 0.0
    return Energy(
        inferences=run.count,
        method=found.method,
        gross_uj=gross * 1e6,
        net_uj=net * 1e6,
        standard_error_uj=None if scatter is None else float(np.hypot(scatter, at_rest)) * 1e6,
        instrument_uj=None if accuracy is None else abs(accuracy.gain * net) * 1e6,
        instrument_gross_uj=None
        if accuracy is None
        else abs(accuracy.gain * gross + accuracy.offset_a * voltage * duration) * 1e6,
        idle_mw=idle.power_w * 1e3,
        idle_ma=idle.current_a * 1e3,
        average_ma=gross / duration / voltage * 1e3 if duration else 0.0,
        peak_ma=float(capture.current_a[inside].max()) * 1e3,
        voltage_v=voltage,
        duration_s=duration,
        clock_ratio=ratio,
        lost=capture.lost,
        each_uj=() if found.method == WHOLE else tuple((above * 1e6).tolist()),
        notes=_notes(found, idle, ratio, corrected, capture.lost),
    )


def _inside(capture: Capture, found: _Found) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The samples that lie in an inference; the nearest ones where none does."""
    position = np.searchsorted(found.starts, capture.time_s, side="right") - 1
    inside = (position >= 0) & (capture.time_s <= found.ends[np.maximum(position, 0)])
    if inside.any():
        return np.flatnonzero(inside)
    nearest = np.searchsorted(capture.time_s, (found.starts + found.ends) / 2)
    return np.minimum(nearest, len(capture.time_s) - 1)


def _notes(
    found: _Found, idle: Idle, ratio: float | None, corrected: bool, lost: int
) -> tuple[str, ...]:
    notes = []
    if found.method == WHOLE:
        notes.append(
            "without a marker the energy of loading the input and of the serial line is in it"
        )
    if corrected and ratio is not None:
        notes.append(
            f"the meter's clock runs {100 * (ratio - 1):+.2f} % against the board's, which this "
            "computer's confirms: times and energies are corrected by that"
        )
    if idle.drift_w is not None:
        notes.append(
            f"the power at rest changed by {idle.drift_w * 1e3:+.3f} mW from before to behind the "
            "inferences"
        )
    if lost:
        notes.append(f"{lost:,} samples are lost and were bridged")
    return tuple(notes)
