"""What the authors of a network on sound computed its features with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LONGEST_FRAME = 2048  # samples, of the front end


@dataclass(frozen=True, slots=True)
class Speech:
    """A front end, apart from the sample rate and the network's input.

    Attributes:
        frame_ms: length of a frame.
        step_ms: from one frame to the next.
        low_hz, high_hz: edges of the bands; half the sample rate bounds them.
    """

    frame_ms: float = 40.0
    step_ms: float = 20.0
    low_hz: float = 20.0
    high_hz: float = 8000.0

    def keys(self, rate_hz: int) -> dict[str, Any]:
        """As keys of an audio contract, for recordings of this sample rate."""
        return {
            "sample_rate_hz": rate_hz,
            "frame": min(_LONGEST_FRAME, round(rate_hz * self.frame_ms / 1000)),
            "step": round(rate_hz * self.step_ms / 1000),
            "low_hz": self.low_hz,
            "high_hz": float(min(self.high_hz, rate_hz / 2)),
        }
