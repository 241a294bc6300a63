"""Holds a board's clock against this computer's: a figure of a wrong clock is worth nothing."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from edgekit.errors import DeviceError
from edgekit.harness.session import Device, Timing

#: Oscillators without a crystal are off by one per cent; a wrong clock setting is off by far more.
TOLERANCE = 0.02
#: So long the clocks must run side by side; a serial line's delay of some ms is little then.
LEAST_S = 2.0
_SLACK_S = 0.002
_LAP = re.compile(r"m-lap-us-(\d+)")


class MisfitError(DeviceError):
    """The figures of a run do not fit each other: none are given."""


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """A board's clock against this computer's.

    Attributes:
        ratio: its seconds per second of this computer.
        error: how far the ratio may be off, since messages take their time.
        seconds: how long was looked at.
    """

    ratio: float
    error: float
    seconds: float


class Watch:
    """Reads both clocks now and again later.

    Args:
        device: an open session with a real board.

    Raises:
        DeviceError: it does not answer.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._first = self._read()

    def check(self) -> ClockCheck:
        """Compare the clocks, once they ran side by side for long enough.

        Raises:
            MisfitError: the board's is wrong by more than TOLERANCE.
            DeviceError: it does not answer.
        """
        left = LEAST_S - (time.monotonic() - self._first[1])
        if left > 0:
            time.sleep(left)
        us_1, before_1, after_1 = self._first
        us_2, before_2, after_2 = self._read()
        ours = (before_2 + after_2 - before_1 - after_1) / 2
        error = (after_1 - before_1 + after_2 - before_2) / 2 / ours
        found = ClockCheck((us_2 - us_1) / 1e6 / ours, error, ours)
        if abs(found.ratio - 1) > TOLERANCE + found.error:
            raise MisfitError(
                f"the board's clock makes {found.ratio:.4f} s of each second of this computer "
                f"(± {found.error:.4f}): its latencies are worth nothing",
                "does the chip run at the clock that the firmware believes? See the port's clock "
                "setup, its crystal and its fallback",
            )
        return found

    def _read(self) -> tuple[int, float, float]:
        """The board's microseconds, and this computer's seconds before and after."""
        before = time.monotonic()
        lines = self._device.command("timestamp")
        after = time.monotonic()
        laps = [int(m[1]) for line in lines if (m := _LAP.fullmatch(line))]
        if len(laps) != 1:
            raise DeviceError(f"the answer to timestamp is no time: {lines}")
        return laps[0], before, after


def hold_to_wait(timing: Timing) -> None:
    """An inference can't have taken longer than its answer, nor a turn of the timer less.

    Raises:
        MisfitError: it did.
    """
    latency_s = timing.ticks / timing.tick_hz
    if latency_s > timing.waited_s * (1 + TOLERANCE) + _SLACK_S:
        raise MisfitError(
            f"the board says that an inference took {latency_s * 1e3:.3f} ms, its answer was there "
            f"after {timing.waited_s * 1e3:.3f} ms",
            "its timer is faster than the firmware believes",
        )
    turn_s = 2**32 / timing.tick_hz
    if timing.waited_s - latency_s > 0.9 * turn_s:
        raise MisfitError(
            f"the board says that an inference took {latency_s:.3f} s, its answer took "
            f"{timing.waited_s:.3f} s",
            f"its timer turns over after {turn_s:.0f} s: an inference must be shorter",
        )
