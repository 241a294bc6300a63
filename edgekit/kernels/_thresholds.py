"""TFLite Micro's requantization as what it is: a staircase with 255 steps.

As a function of the integer accumulator it is monotone, so that the accumulators at which it steps
say all about it. They are found by bisection on the reference itself.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.ops._quant import INT32_MAX, INT32_MIN, multiply_by_quantized_multiplier

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Requant:
    """The reference of one channel.

    Attributes:
        multiplier: mantissa, 0 or in [2**30, 2**31).
        shift: of the multiplier; positive is to the left.
        zero_point: of the output.
        low: lowest output, by the fused activation.
        high: highest output.
    """

    multiplier: int
    shift: int
    zero_point: int
    low: int = -128
    high: int = 127

    def apply(self, acc: npt.ArrayLike) -> Int64:
        """The reference's outputs for accumulators of int32 range."""
        scaled = multiply_by_quantized_multiplier(acc, self.multiplier, self.shift)
        result: Int64 = np.clip(scaled + self.zero_point, self.low, self.high)
        return result


def thresholds_of(requants: Sequence[Requant], lo: Int64, hi: Int64) -> Int64 | None:
    """The thresholds of channels whose accumulators are from lo to hi.

    Args:
        requants: the channels' references; zero point and range are the same for all.
        lo: the least accumulators, [channels].
        hi: the greatest ones.

    Returns:
        [channels, levels]: the least accumulator in [lo, hi] that gives the level, read-only; lo
        where it is always reached, hi + 1 where never. None where the reference wraps around in
        the interval: it is no staircase then.
    """
    assert len({(r.zero_point, r.low, r.high) for r in requants}) == 1
    multiplier = np.array([r.multiplier for r in requants], np.int64)
    shift = np.array([r.shift for r in requants], np.int64)
    left = np.maximum(shift, 0)
    if (lo << left).min() < INT32_MIN or (hi << left).max() > INT32_MAX:
        return None
    first = requants[0]
    data = np.stack([lo, hi, multiplier, shift]).astype(np.int64).tobytes()
    return _known_thresholds(data, first.low - first.zero_point, first.high - first.zero_point)


@functools.lru_cache(maxsize=64)
def _known_thresholds(data: bytes, low: int, high: int) -> Int64:
    """The variants of a layer ask the same: it is answered once."""
    lo, hi, multiplier, shift = np.frombuffer(data, np.int64).reshape(4, -1)
    found = _thresholds(lo, hi, multiplier, shift, np.arange(low + 1, high + 1, dtype=np.int64))
    found.flags.writeable = False
    return found


def _thresholds(lo: Int64, hi: Int64, multiplier: Int64, shift: Int64, values: Int64) -> Int64:
    """The least accumulator in [lo, hi] that scales to each of `values`, by bisection."""
    below = np.repeat(lo[:, None], values.size, axis=1)
    above = np.repeat(hi[:, None] + 1, values.size, axis=1)
    while (below < above).any():
        middle = (below + above) >> 1
        # Beyond hi nothing is asked for; the clip keeps the question inside of the proof.
        asked = np.minimum(middle, hi[:, None])
        scaled = multiply_by_quantized_multiplier(asked, multiplier[:, None], shift[:, None])
        reached = (scaled >= values) | (middle > hi[:, None])
        above = np.where(reached, middle, above)
        below = np.where(reached, below, np.minimum(middle + 1, above))
    return below
