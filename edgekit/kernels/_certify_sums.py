"""Requantization in eight bytes per channel, proven equal to the reference.

For a sum that comes scaled, acc << 8, the reference's own two roundings are, exactly,

    y = SSAT8((high(acc << 8, multiplier) + addend - (acc < 0 ? 128 : 0)) >> exponent)
    addend = ((2 * zero_point + 1) << (exponent - 1)) + 64

with the reference's multiplier and its shift to the right plus 7 as the exponent: the product's
upper word has the first rounding's result in its bits from 7 on, 64 rounds it, and the step takes
back what the second one gives to negative numbers. So a channel keeps its bias << 8, whose lowest
byte is free for the exponent, and its multiplier.

That is not trusted but tested: as in _certify.py the reference is 255 thresholds of the
accumulator. The form is monotone, so it equals the reference for EVERY accumulator of an interval
if it reaches each level at its threshold and not one before.

Arrays are int64, [channels]; thresholds have a second axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgekit.kernels._thresholds import Requant, thresholds_of
from edgekit.ops._quant import INT32_MAX, INT32_MIN

Int64 = npt.NDArray[np.int64]

#: Sums come times 256.
PRESCALE = 8
# The addend and what it is added to stay in 32 bits.
_MAX_EXPONENT = 23


@dataclass(frozen=True, slots=True, eq=False)
class SumForms:
    """The proven forms of a layer's channels.

    Attributes:
        multipliers: [channels].
        exponents: [channels].
        zero_point: of the output.
    """

    multipliers: Int64
    exponents: Int64
    zero_point: int

    def words(self, biases: Int64) -> Int64:
        """What is stored, [channels, 2]: bias << 8 with the exponent below it, and multiplier."""
        return np.stack([(biases << PRESCALE) + self.exponents, self.multipliers], axis=1)

    def apply(self, acc: Int64) -> Int64:
        """Outputs, before a clamp narrower than int8's, for accumulators [channels, any]."""
        high = ((acc << PRESCALE) * self.multipliers[:, None]) >> 32
        exponents = self.exponents[:, None]
        moved = high + ((2 * self.zero_point + 1) << (exponents - 1)) + np.where(acc < 0, -64, 64)
        result: Int64 = np.clip(moved >> exponents, -128, 127)
        return result


def sum_forms(requants: Sequence[Requant], lo: Int64, hi: Int64) -> SumForms | None:
    """Forms for all channels of a layer.

    Args:
        requants: the channels' references; zero point and range are the same for all.
        lo: the least accumulators, the biases included.
        hi: the greatest ones.

    Returns:
        None where some channel's is not proven, or a sum leaves 32 bits.
    """
    if (lo << PRESCALE).min() < INT32_MIN or (hi << PRESCALE).max() > INT32_MAX:
        return None
    thresholds = thresholds_of(requants, lo, hi)
    shifts = np.array([-r.shift for r in requants], np.int64)
    if thresholds is None or shifts.min() < 1:
        return None
    exponents = np.minimum(shifts + PRESCALE - 1, _MAX_EXPONENT)
    # Channels that hardly move anything lose the multiplier's lowest bits.
    lost = shifts + PRESCALE - 1 - exponents
    multipliers = np.array([r.multiplier for r in requants], np.int64) >> np.minimum(lost, 62)
    first = requants[0]
    forms = SumForms(multipliers, exponents, first.zero_point)
    levels = np.arange(first.low + 1, first.high + 1, dtype=np.int64)
    least, most = lo[:, None], hi[:, None]
    at = np.clip(forms.apply(np.clip(thresholds, least, most)), first.low, first.high)
    before = np.clip(forms.apply(np.clip(thresholds - 1, least, most)), first.low, first.high)
    right = ((at >= levels) | (thresholds > most)) & ((before < levels) | (thresholds <= least))
    return forms if right.all() else None
