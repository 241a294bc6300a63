"""Requantization without a 64-bit product, proven equal to the reference.

Cores like the Cortex-M0 multiply 32 bits by 32 and keep 32. Two products with the parts of a
multiplier do, if accumulators are small, and they are small where they matter: below the first
and above the last threshold the output does not change. Counted from the first threshold, an
accumulator is clamped instead of the output:

    t = clamp(acc - base, 0, reach)
    y = (t * upper + (t * lower >> split) + addend) >> exponent,   multiplier = upper:lower

The products add up to floor(t * multiplier / 2**split) exactly, a staircase that _certify's
thresholds prove equal to the reference for every accumulator of an interval. Where the
reference's two roundings need it, the addend is `step` less for t < edge: acc < 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.kernels._certify import _FREE, Int64, _Layer, _Part
from edgekit.kernels._thresholds import Requant
from edgekit.ops._quant import INT32_MAX

_MAX_EXPONENT = 22
_LEAST_SPLIT = 6
_MOST_SPLIT = 16
# How far from the nearest multiplier, and how many exponents below the largest, is searched.
_NEARBY = 8
_EXPONENTS = 4
_TINY = 2.0**-60


@dataclass(frozen=True, slots=True, eq=False)
class Narrow:
    """A layer's certified forms; arrays are [channels].

    Attributes:
        base: what the clamp counts from; to be taken off the bias.
        multiplier: in [0, 2**31), and below 2**(2 * split), so that one upper product of shifted
            factors is the same number.
        addend: for t >= edge.
        reach: largest t.
        edge: t of accumulator 0.
        step: how much less the addend is below the edge; all 0 where one addend does.
        split: bits of a multiplier's lower part.
        exponent: of all channels.
    """

    base: Int64
    multiplier: Int64
    addend: Int64
    reach: Int64
    edge: Int64
    step: Int64
    split: int
    exponent: int

    def apply(self, channel: int, acc: Int64) -> Int64:
        """Outputs as the C computes them; raises where 32 bits are left."""
        upper, lower = divmod(int(self.multiplier[channel]), 1 << self.split)
        t = np.clip(acc - self.base[channel], 0, self.reach[channel])
        if (t * lower).max(initial=0) >= 2**32:
            raise OverflowError("the lower product leaves 32 bits")
        scaled = t * upper + (t * lower >> self.split)
        moved = scaled + self.addend[channel]
        total = moved - np.where(t < self.edge[channel], self.step[channel], 0)
        for each in (scaled, moved, total):
            if np.abs(each).max(initial=0) > INT32_MAX:
                raise OverflowError("a sum leaves 32 bits")
        result: Int64 = total >> self.exponent
        return result


def narrow(requants: Sequence[Requant], bounds: Sequence[tuple[int, int]]) -> Narrow | None:
    """Forms of all channels with one exponent, or None where there are none.

    Args:
        requants: the channels' references; zero point and range are the same for all.
        bounds: the channels' accumulators, as `_certify.interval` gives them.
    """
    layer = _Layer.of(requants, bounds)
    if layer is None:
        return None
    search = _Search.of(layer, requants[0].low, requants[0].high)
    if search.split < _LEAST_SPLIT:
        return None
    # What a multiplier's bits leave beside the largest scale.
    largest = max(float(search.scales.max()), _TINY)
    bits = min(31, 2 * search.split) - 0.01
    top = min(int(np.floor(bits - search.split - np.log2(largest))), _MAX_EXPONENT)
    for signed in (False, True):
        for exponent in range(top, max(top - _EXPONENTS, 0), -1):
            found = search.attempt(exponent, signed)
            if found is not None:
                return found
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """A layer's accumulators counted from their bases; arrays are [channels].

    Attributes:
        base, reach: as Narrow's.
        thresholds: [channels, levels], counted from the base.
        levels: outputs that have a threshold.
        scales: the references' multipliers as numbers.
        split: as Narrow's.
        low, high: range of the outputs.
    """

    base: Int64
    reach: Int64
    thresholds: Int64
    levels: Int64
    scales: npt.NDArray[np.float64]
    split: int
    low: int
    high: int

    @classmethod
    def of(cls, layer: _Layer, low: int, high: int) -> _Search:
        """Clamps at the last accumulator of the lowest and the first one of the highest output."""
        base = np.maximum(layer.lo, layer.thresholds.min(axis=1, initial=2**40) - 1)
        base = np.minimum(base, layer.hi)
        top = np.minimum(layer.hi, layer.thresholds.max(axis=1, initial=-(2**40)))
        reach = np.maximum(top - base, 0)
        scales = layer.multiplier.astype(np.float64) * np.exp2(layer.shift.astype(np.float64) - 31)
        split = min(32 - int(reach.max()).bit_length(), _MOST_SPLIT)
        thresholds = layer.thresholds - base[:, None]
        return cls(base, reach, thresholds, layer.levels, scales, split, low, high)

    def attempt(self, exponent: int, signed: bool) -> Narrow | None:
        """The forms with this exponent, or None where a channel has none."""
        nearest = np.rint(self.scales * 2.0 ** (exponent + self.split)).astype(np.int64)
        found = np.zeros((3, nearest.size), np.int64)
        left = np.arange(nearest.size)
        for nearby in sorted(range(-_NEARBY, _NEARBY + 1), key=abs):
            multiplier = nearest[left] + nearby
            fits = (multiplier >= 0) & (multiplier < 1 << min(31, 2 * self.split))
            multiplier = np.where(fits, multiplier, 0)
            addend, step, proven = self._addends(left, multiplier, exponent, signed)
            proven &= fits
            found[:, left[proven]] = multiplier[proven], addend[proven], step[proven]
            left = left[~proven]
            if not left.size:
                multiplier, addend, step = found
                edge, split = -self.base, self.split
                return Narrow(
                    self.base, multiplier, addend, self.reach, edge, step, split, exponent
                )
        return None

    def _addends(
        self, channels: Int64, multiplier: Int64, exponent: int, signed: bool
    ) -> tuple[Int64, Int64, npt.NDArray[np.bool_]]:
        """Addend and step of some channels, and which of them are proven."""
        zero = np.zeros_like(multiplier)
        part = _Part(zero, self.reach[channels], self.thresholds[channels], self.levels)
        if not signed:
            least, most = self._bounds(part, multiplier, exponent)
            return (least + most) >> 1, zero, least <= most
        edge = -self.base[channels]
        least, most = self._bounds(part.above(edge), multiplier, exponent)
        under, over = self._bounds(part.below(edge), multiplier, exponent)
        one, other = (least + most) >> 1, (under + over) >> 1
        # Where no accumulator is on that side of the edge, one addend serves both.
        only_under, only_above = most >= _FREE, over >= _FREE
        addend = np.where(only_under, other, one)
        step = np.where(only_under | only_above, 0, addend - other)
        return addend, step, (least <= most) & (under <= over)

    def _bounds(self, part: _Part, multiplier: Int64, exponent: int) -> tuple[Int64, Int64]:
        """Least and greatest addend with which a part's outputs are right, in range included."""
        # _certify's product is (acc << prescale) * multiplier >> 32.
        prescale = np.full_like(multiplier, 32 - self.split)
        least, most = part.addends(multiplier, prescale, exponent)
        first, last = (each * multiplier >> self.split for each in (part.lo, part.hi))
        empty = part.lo > part.hi
        lowest = (self.low << exponent) - first
        highest = ((self.high + 1) << exponent) - 1 - last
        return (
            np.where(empty, least, np.maximum(least, lowest)),
            np.where(empty, most, np.minimum(most, highest)),
        )
