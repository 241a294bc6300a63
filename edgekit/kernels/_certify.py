"""Requantization in a multiplication and a saturation, proven equal to the reference.

TFLite Micro's requantization rounds twice. As a function of the integer accumulator it is a
monotone staircase, so 255 thresholds say all about it: threshold k is the least accumulator that
gives the output k or more. The cheap forms are staircases, too:

    linear  y = SSAT8((high(acc << prescale, multiplier) + addend) >> exponent)
    signed  the same, with `addend - step` for a negative accumulator

where high(a, b) is the upper word of the 64-bit product, rounded down. The forms equal the
reference for EVERY accumulator of an interval if each threshold inside of it lies where the
reference has it; for given multiplier, prescale and exponent that bounds the addend from both
sides. Where the bounds leave a value, it is the proof; where they do not, there is no such form.

Rounding twice moves the thresholds of positive and of negative accumulators apart, so a linear
form usually exists where a fused ReLU clamps the negative ones; the signed form serves the rest.

Arrays are int64 of shape [channels]; thresholds have a second axis, one per output value.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.kernels._thresholds import Requant, thresholds_of
from edgekit.ops._quant import INT32_MAX, INT32_MIN

Int64 = npt.NDArray[np.int64]

# Zero point << exponent and a rounding term must fit 32 bits.
_MAX_EXPONENT = 22
# How far from the nearest 31-bit multiplier a better one is looked for.
_NEARBY = 16
# The nearest one is tried last: the last form that is found stands.
_AROUND = np.array(sorted(range(-_NEARBY, _NEARBY + 1), key=lambda x: -abs(x)), np.int64)
# Channels whose multipliers are tried in one go: that bounds the memory.
_TOGETHER = 32
# Bounds of an addend that nothing bounds.
_FREE = 2**40


@dataclass(frozen=True, slots=True)
class Linear:
    """A certified form of one channel; with a `step` that is not 0, the signed one.

    After it, an output range narrower than int8's needs a clamp of its own.
    """

    multiplier: int
    addend: int
    exponent: int
    prescale: int
    step: int = 0

    def apply(self, acc: npt.ArrayLike) -> Int64:
        """Outputs, before a clamp to [low, high], for accumulators of the proven interval."""
        values = np.asarray(acc, np.int64)
        high = ((values << self.prescale) * self.multiplier) >> 32
        moved = high + self.addend - np.where(values < 0, self.step, 0)
        result: Int64 = np.clip(moved >> self.exponent, -128, 127)
        return result


def interval(
    weights_row: npt.ArrayLike,
    bias: int,
    input_low: int,
    input_high: int,
    input_zero_point: int,
) -> tuple[int, int]:
    """The least and the greatest accumulator of one channel, over all inputs.

    Args:
        weights_row: the channel's weights, any shape.
        bias: the channel's bias, without the zero point's part.
        input_low: lowest input value, e.g. -128.
        input_high: highest input value.
        input_zero_point: also the value of the padding.
    """
    lows, highs = intervals(
        np.asarray(weights_row).reshape(1, -1), [bias], input_low, input_high, input_zero_point
    )
    return int(lows[0]), int(highs[0])


def intervals(
    weights: npt.ArrayLike,
    bias: npt.ArrayLike,
    input_low: int,
    input_high: int,
    input_zero_point: int,
) -> tuple[Int64, Int64]:
    """`interval` of all channels: weights [channels, taps], bias [channels]."""
    rows = np.asarray(weights, np.int64)
    below = min(input_low - input_zero_point, 0)
    above = max(input_high - input_zero_point, 0)
    positive = np.maximum(rows, 0).sum(axis=1)
    negative = np.minimum(rows, 0).sum(axis=1)
    base = np.asarray(bias, np.int64)
    return base + positive * below + negative * above, base + positive * above + negative * below


def certify(
    requant: Requant, lo: int, hi: int, exponent: int, prescale: int, *, signed: bool = False
) -> Linear | None:
    """The form with this exponent and prescale that equals the reference on all of [lo, hi].

    Returns:
        None where there is none.
    """
    layer = _Layer.of([requant], [(lo, hi)])
    if layer is None:
        return None
    return _Search(layer, exponent, signed).one_channel(prescale)


def common_exponent(
    requants: Sequence[Requant],
    bounds: Sequence[tuple[int, int]],
    max_prescales: Sequence[int],
    min_prescales: Sequence[int] | None = None,
    *,
    signed: bool = False,
) -> tuple[Linear, ...] | None:
    """Forms for all channels of a layer that share one exponent, the largest that can be.

    Args:
        requants: the channels' references; zero point and range are the same for all.
        bounds: the channels' accumulators, as `interval` gives them.
        max_prescales: how far each channel's weights and bias may be shifted to the left, e.g.
            8 where weights within +-127 are widened to 16 bits.
        min_prescales: the least shifts; 0 where it is None.
        signed: look for signed forms instead of linear ones.

    Returns:
        One form per channel, or None where no exponent serves them all.
    """
    least = [0] * len(max_prescales) if min_prescales is None else min_prescales
    return _common(tuple(requants), tuple(bounds), tuple(max_prescales), tuple(least), signed)


@functools.lru_cache(maxsize=128)
def _common(
    requants: tuple[Requant, ...],
    bounds: tuple[tuple[int, int], ...],
    most: tuple[int, ...],
    least: tuple[int, ...],
    signed: bool,
) -> tuple[Linear, ...] | None:
    """`common_exponent`; the variants of a layer ask the same, and are answered once."""
    layer = _Layer.of(requants, bounds)
    if layer is None:
        return None
    low, high = np.asarray(least, np.int64), np.asarray(most, np.int64)
    for exponent in range(int(layer.largest_exponents(high).min()), 0, -1):
        found = _Search(layer, exponent, signed).all_channels(low, high)
        if found is not None:
            return found
    return None


def own_exponents(
    requants: Sequence[Requant],
    bounds: Sequence[tuple[int, int]],
    max_prescales: Sequence[int],
    min_prescales: Sequence[int] | None = None,
    *,
    signed: bool = True,
) -> tuple[Linear, ...] | None:
    """Forms in which every channel has the largest exponent of its own; signed: the last resort.

    Arguments and result are `common_exponent`'s.
    """
    least = [0] * len(max_prescales) if min_prescales is None else min_prescales
    return _own(tuple(requants), tuple(bounds), tuple(max_prescales), tuple(least), signed)


@functools.lru_cache(maxsize=128)
def _own(
    requants: tuple[Requant, ...],
    bounds: tuple[tuple[int, int], ...],
    most: tuple[int, ...],
    least: tuple[int, ...],
    signed: bool,
) -> tuple[Linear, ...] | None:
    """`own_exponents`, all channels at once."""
    layer = _Layer.of(requants, bounds)
    if layer is None:
        return None
    low, high = np.asarray(least, np.int64), np.asarray(most, np.int64)
    largest = layer.largest_exponents(high)
    found: list[Linear | None] = [None] * len(requants)
    for exponent in range(int(largest.max()), 0, -1):
        left = [i for i, form in enumerate(found) if form is None and largest[i] >= exponent]
        part = np.array(left, np.int64)
        some = _Search(layer.part(part), exponent, signed).any_channels(low[part], high[part])
        for i, form in zip(left, some, strict=True):
            found[i] = form
    forms = tuple(form for form in found if form is not None)
    return forms if len(forms) == len(found) else None


def _prescales(layer: _Layer, exponent: int, least: Int64, most: Int64) -> Iterator[Int64]:
    """Prescales to try: first the one that keeps all of the multiplier's bits."""
    exact = exponent + layer.shift + 1
    for more in (0, 1, 2, 3, 5, 8, -1, -2):
        yield np.clip(exact + more, least, most)


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """Channels with their thresholds.

    Attributes:
        lo, hi: accumulators, [channels].
        multiplier, shift: of the reference, [channels].
        levels: outputs that have a threshold: all but the lowest.
        thresholds: [channels, levels]; lo where the output is always reached, hi + 1 where never.
    """

    lo: Int64
    hi: Int64
    multiplier: Int64
    shift: Int64
    levels: Int64
    thresholds: Int64

    @classmethod
    def of(cls, requants: Sequence[Requant], bounds: Sequence[tuple[int, int]]) -> _Layer | None:
        """None where the reference wraps around in the interval: it is no staircase then."""
        first = requants[0]
        lo, hi = np.array(bounds, np.int64).reshape(-1, 2).T
        thresholds = thresholds_of(requants, lo, hi)
        if thresholds is None:
            return None
        multiplier = np.array([r.multiplier for r in requants], np.int64)
        shift = np.array([r.shift for r in requants], np.int64)
        levels = np.arange(first.low + 1, first.high + 1, dtype=np.int64)
        return cls(lo, hi, multiplier, shift, levels, thresholds)

    def part(self, channels: Int64) -> _Layer:
        """Some of the channels."""
        return _Layer(
            self.lo[channels],
            self.hi[channels],
            self.multiplier[channels],
            self.shift[channels],
            self.levels,
            self.thresholds[channels],
        )

    def largest_exponents(self, prescales: Int64) -> Int64:
        """Beyond these no multiplier near the right one has 31 bits."""
        most = np.where(self.multiplier > 0, prescales - self.shift, _MAX_EXPONENT)
        return np.minimum(most, _MAX_EXPONENT)


class _Search:
    """Looks for each channel's form with one exponent, over prescales and multipliers."""

    def __init__(self, layer: _Layer, exponent: int, signed: bool) -> None:
        self._layer = layer
        self._exponent = exponent
        self._signed = signed
        self._found: list[Linear | None] = [None] * layer.lo.size

    def all_channels(self, least: Int64, most: Int64) -> tuple[Linear, ...] | None:
        """A form for every channel, with prescales from `least` to `most`."""
        tries = self._nearest(least, most)
        left = self._open()
        # Most exponents fail at the first channel that is left.
        self._nearby(left[:1], tries)
        if left.size and self._found[left[0]] is None:
            return None
        self._nearby(left[1:], tries)
        forms = tuple(each for each in self._found if each is not None)
        return forms if len(forms) == len(self._found) else None

    def any_channels(self, least: Int64, most: Int64) -> list[Linear | None]:
        """A form for each channel that has one."""
        tries = self._nearest(least, most)
        self._nearby(self._open(), tries)
        return self._found

    def _nearest(self, least: Int64, most: Int64) -> list[Int64]:
        """Try all prescales with the nearest multipliers; the prescales."""
        tries = list(_prescales(self._layer, self._exponent, least, most))
        for prescales in tries:
            channels = self._open()
            if channels.size:
                self._try(channels, prescales[channels], np.zeros_like(channels))
        return tries

    def _nearby(self, channels: Int64, tries: Sequence[Int64]) -> None:
        """Try channels with the multipliers around the nearest ones, too, some at a time."""
        for first in range(0, channels.size, _TOGETHER):
            some = channels[first : first + _TOGETHER]
            for prescales in tries:
                left = np.array([i for i in some if self._found[i] is None], np.int64)
                if left.size:
                    each = np.repeat(left, _AROUND.size)
                    self._try(each, prescales[each], np.tile(_AROUND, left.size))

    def one_channel(self, prescale: int) -> Linear | None:
        """The form of a layer of one channel."""
        self._nearby(np.zeros(1, np.int64), [np.array([prescale], np.int64)])
        return self._found[0]

    def _open(self) -> Int64:
        """The channels without a form."""
        return np.array([i for i, each in enumerate(self._found) if each is None], np.int64)

    def _try(self, channels: Int64, prescale: Int64, nearby: Int64) -> None:
        """The last form that is found for a channel stands."""
        layer = self._layer
        places = layer.shift[channels] + 1 + self._exponent - prescale
        exact = layer.multiplier[channels] * np.exp2(places.astype(np.float64))
        multiplier = np.rint(exact).astype(np.int64) + nearby
        lo, hi = layer.lo[channels], layer.hi[channels]
        fits = (lo << prescale >= INT32_MIN) & (hi << prescale <= INT32_MAX)
        fits &= (multiplier >= 0) & (multiplier <= INT32_MAX)
        if fits.any():
            kept = _Part(lo[fits], hi[fits], layer.thresholds[channels[fits]], layer.levels)
            self._bound(channels[fits], kept, prescale[fits], multiplier[fits])

    def _bound(self, channels: Int64, part: _Part, prescale: Int64, multiplier: Int64) -> None:
        zero = np.zeros_like(part.lo)
        if self._signed:
            least, most = part.above(zero).addends(multiplier, prescale, self._exponent)
            under, over = part.below(zero).addends(multiplier, prescale, self._exponent)
        else:
            least, most = part.addends(multiplier, prescale, self._exponent)
            under, over = least, most
        for i in np.flatnonzero((least <= most) & (under <= over)):
            addend, negative = _pick(least[i], most[i]), _pick(under[i], over[i])
            self._found[channels[i]] = Linear(
                int(multiplier[i]),
                # Where no accumulator has that sign, one addend serves both.
                negative if most[i] >= _FREE else addend,
                self._exponent,
                int(prescale[i]),
                0 if most[i] >= _FREE or over[i] >= _FREE else addend - negative,
            )


def _pick(least: np.int64, most: np.int64) -> int:
    """An addend between its bounds."""
    return int((least + most) >> 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """An interval of some channels' accumulators with the thresholds; empty where lo > hi."""

    lo: Int64
    hi: Int64
    thresholds: Int64
    levels: Int64

    def above(self, least: Int64) -> _Part:
        """The part with accumulators of at least `least`."""
        return _Part(np.maximum(self.lo, least), self.hi, self.thresholds, self.levels)

    def below(self, limit: Int64) -> _Part:
        """The part with accumulators below `limit`."""
        return _Part(self.lo, np.minimum(self.hi, limit - 1), self.thresholds, self.levels)

    def addends(self, multiplier: Int64, prescale: Int64, exponent: int) -> tuple[Int64, Int64]:
        """Least and greatest addend with which the form equals the reference on the part.

        A threshold at or below `lo` asks only that `lo` reaches its level; one above `hi`, only
        that `hi` does not. The sums must not leave 32 bits either.
        """
        lo, hi, steps = self.lo[:, None], self.hi[:, None], self.levels << exponent

        def high(acc: Int64) -> Int64:
            product: Int64 = ((acc << prescale[:, None]) * multiplier[:, None]) >> 32
            return product

        reached = steps - high(np.clip(self.thresholds, lo, hi))
        missed = steps - 1 - high(np.clip(self.thresholds - 1, lo, hi))
        reached = np.where(self.thresholds <= hi, reached, -_FREE)
        missed = np.where(self.thresholds > lo, missed, _FREE)
        least = np.maximum(reached.max(axis=1, initial=-_FREE), INT32_MIN - high(lo)[:, 0])
        most = np.minimum(missed.min(axis=1, initial=_FREE), INT32_MAX - high(hi)[:, 0])
        # No term of the sum is itself out of range.
        least, most = np.maximum(least, INT32_MIN), np.minimum(most, INT32_MAX)
        empty = self.lo > self.hi
        return np.where(empty, -_FREE, least), np.where(empty, _FREE, most)
