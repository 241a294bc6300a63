"""A board's current as a known function of time, and what a meter would sample of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.meters import Capture
from edgekit.meters._model import Real

VOLTS = 3.3


@dataclass(frozen=True)
class Waveform:
    """`count` inferences, each `latency_s` long, `gap_s` apart, with rest around them.

    While one runs the current is `low_a` at its start and grows evenly to `high_a`: equal values
    are a step, others a ramp.
    """

    count: int = 10
    latency_s: float = 0.02
    gap_s: float = 0.013
    rest_s: float = 0.5
    idle_a: float = 2e-3
    low_a: float = 20e-3
    high_a: float = 20e-3

    @property
    def starts(self) -> Real:
        return self.rest_s + np.arange(self.count) * (self.latency_s + self.gap_s)

    @property
    def duration_s(self) -> float:
        return float(self.starts[-1]) + self.latency_s + self.rest_s

    @property
    def gross_uj(self) -> float:
        """The true energy of one inference."""
        return (self.low_a + self.high_a) / 2 * self.latency_s * VOLTS * 1e6

    @property
    def net_uj(self) -> float:
        return self.gross_uj - self.idle_a * self.latency_s * VOLTS * 1e6

    def at(self, time_s: Real) -> tuple[Real, Real]:
        """Current, and the marker's level (1 at rest), at each time."""
        position = np.searchsorted(self.starts, time_s, side="right") - 1
        since = time_s - self.starts[np.maximum(position, 0)]
        runs = (position >= 0) & (since < self.latency_s)
        slope = (self.high_a - self.low_a) / self.latency_s
        return np.where(runs, self.low_a + slope * since, self.idle_a), (~runs).astype(float)

    def sampled(
        self, rate_hz: float, *, noise_a: float = 0.0, clock: float = 1.0, seed: int = 0
    ) -> Capture:
        """As a meter samples it, whose clock shows `clock` seconds for each second."""
        true = np.arange(round(self.duration_s * rate_hz)) / rate_hz
        current, marker = self.at(true)
        noise = np.random.default_rng(seed).normal(0.0, noise_a, len(true))
        return Capture(
            true * clock, current + noise, np.full(len(true), VOLTS), marker.astype(bool)
        )
