"""The sum of two scaled inputs in two multiplications, proven equal to the reference.

    y = clamp((a * first + b * second + addend) >> exponent)

An op of two int8 inputs has 65,536 results. For given factors each of them bounds the addend from
one or both sides; where the bounds leave a value, the form equals the reference for every input.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

# All sums stay below this, whatever the order of the additions.
_LIMIT = 2**31
# Exponents below the highest one that are tried, and how far from the nearest factors others are.
_EXPONENTS = 4
_NEARBY = 6
VALUES = np.arange(-128, 128, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class TwoTerms:
    """A proven form: factors of both inputs, addend and exponent."""

    first: int
    second: int
    addend: int
    exponent: int

    def apply(self, a: Int64, b: Int64, low: int, high: int) -> Int64:
        """The form's results, clamped to [low, high]."""
        shifted = (a * self.first + b * self.second + self.addend) >> self.exponent
        result: Int64 = np.clip(shifted, low, high)
        return result


def prove(
    table: Int64, ratios: tuple[float, float], zero: float, low: int, high: int
) -> TwoTerms | None:
    """The form of an op.

    Args:
        table: its results for VALUES x VALUES, [256, 256].
        ratios: results per step of each input; negative where it is subtracted.
        zero: the result where both inputs are 0, before rounding and clamping.
        low: the lowest result.
        high: the highest result.

    Returns:
        None where none is found.
    """
    largest = 128 * sum(map(abs, ratios)) + abs(zero) + 2
    highest = int(np.floor(np.log2(_LIMIT / largest)))
    nearby = sorted(
        itertools.product(range(-_NEARBY, _NEARBY + 1), repeat=2), key=lambda d: max(map(abs, d))
    )
    for exponent in range(min(highest, 30), max(highest - _EXPONENTS, 0), -1):
        nearest = [round(ratio * 2**exponent) for ratio in ratios]
        for move in nearby:
            first, second = (n + m for n, m in zip(nearest, move, strict=True))
            addend = _addend(table, first, second, exponent, low, high)
            if addend is not None:
                return TwoTerms(first, second, addend, exponent)
    return None


def _addend(
    table: Int64, first: int, second: int, exponent: int, low: int, high: int
) -> int | None:
    """An addend with which the form equals the table, or None."""
    products = VALUES[:, None] * first + VALUES[None, :] * second
    steps = table << exponent
    least = np.max(steps - products, where=table > low, initial=-_LIMIT)
    most = np.min(steps + (1 << exponent) - 1 - products, where=table < high, initial=_LIMIT)
    addend = int(least + most) // 2
    fits = 128 * (abs(first) + abs(second)) + abs(addend) < _LIMIT
    return addend if least <= most and fits else None
