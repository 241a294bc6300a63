"""Fixed-point arithmetic as TFLite Micro does it, in numpy: the twin of ek_quant.h.

Source: the gemmlowp paper (Jacob et al., "Quantization and Training of Neural Networks for
Efficient Integer-Arithmetic-Only Inference", 2018, section 2.2) and the behaviour of
tflite-micro's reference kernels: a doubling high multiplication that rounds, followed by a
rounding right shift ("double rounding"). Sums of int16 inputs with an int64 bias are scaled by a
multiplier of 15 bits and rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def quantize_multiplier(real: float) -> tuple[int, int]:
    """A real factor as (mantissa, shift): real = mantissa * 2**(shift - 31).

    Args:
        real: the factor, not negative.

    Returns:
        The mantissa, in [2**30, 2**31) or 0, and the shift (positive is to the left).
    """
    mantissa, shift = split_multiplier(real)
    if shift < -31:
        return 0, 0
    if shift > 30:
        return INT32_MAX, 30
    return mantissa, shift


def split_multiplier(real: float) -> tuple[int, int]:
    """`quantize_multiplier` without its limits on the shift."""
    if real == 0.0:
        return 0, 0
    fraction, shift = math.frexp(real)
    # Half away from zero, as C's round() does; fraction is positive here.
    mantissa = math.floor(fraction * 2**31 + 0.5)
    if mantissa == 2**31:
        mantissa //= 2
        shift += 1
    return mantissa, shift


def quantize_multipliers(reals: Sequence[float]) -> tuple[Int32, npt.NDArray[np.int8]]:
    """`quantize_multiplier` per channel: mantissas (int32) and shifts (int8)."""
    pairs = [quantize_multiplier(real) for real in reals]
    return (
        np.array([m for m, _ in pairs], np.int32),
        np.array([s for _, s in pairs], np.int8),
    )


def saturating_rounding_doubling_high_mul(a: Int64, b: Int64) -> Int64:
    """round(a * b / 2**31), ties upward, for int32 values held in int64."""
    product = a * b
    result: Int64 = (product + np.int64(1 << 30)) >> np.int64(31)
    return np.minimum(result, INT32_MAX)


def rounding_divide_by_pot(x: Int64, exponent: npt.ArrayLike) -> Int64:
    """x / 2**exponent, rounded to nearest, ties away from zero."""
    power = np.asarray(exponent, np.int64)
    mask = (np.int64(1) << power) - 1
    threshold = (mask >> 1) + (x < 0)
    result: Int64 = (x >> power) + ((x & mask) > threshold)
    return result


def multiply_by_quantized_multiplier(
    x: npt.ArrayLike, multiplier: npt.ArrayLike, shift: npt.ArrayLike
) -> Int64:
    """x * multiplier * 2**(shift - 31), rounded twice, as TFLite Micro's reference does.

    Args:
        x: accumulators of int32 range, any shape.
        multiplier: mantissas, broadcast against x.
        shift: shifts, broadcast against x.

    Returns:
        int64 values of int32 range.
    """
    shift = np.asarray(shift, np.int64)
    left = np.maximum(shift, 0)
    shifted = np.asarray(x, np.int64) << left
    wrapped = shifted.astype(np.int32).astype(np.int64)  # C wraps at 32 bits here
    high = saturating_rounding_doubling_high_mul(wrapped, np.asarray(multiplier, np.int64))
    return rounding_divide_by_pot(high, np.maximum(-shift, 0))


# A sum of int16 inputs is at most so large; the products with a reduced multiplier fit 63 bits.
WIDE_SUM_MAX = 2**47 - 1
# The least right shift behind such a product is 15 - 7.
MAX_WIDE_SHIFT = 7


def reduced_multipliers(multipliers: Int32) -> npt.NDArray[np.int16]:
    """Mantissas of 31 bits as ones of 15 bits, rounded half up and held within int16."""
    rounded = (multipliers.astype(np.int64) + (1 << 15)) >> 16
    result: npt.NDArray[np.int16] = np.minimum(rounded, 2**15 - 1).astype(np.int16)
    return result


def multiply_wide_by_reduced(
    x: npt.ArrayLike, multiplier: npt.ArrayLike, shift: npt.ArrayLike
) -> Int64:
    """x * multiplier * 2**(shift - 15), rounded once, ties upward: the twin of
    ek_requantize_wide.

    Args:
        x: sums within WIDE_SUM_MAX, any shape.
        multiplier: from `reduced_multipliers`, broadcast against x.
        shift: at most MAX_WIDE_SHIFT, broadcast against x.
    """
    right = np.int64(15) - np.asarray(shift, np.int64)
    product = np.asarray(x, np.int64) * np.asarray(multiplier, np.int64)
    result: Int64 = (product + (np.int64(1) << (right - 1))) >> right
    return result
