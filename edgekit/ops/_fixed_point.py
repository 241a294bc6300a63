"""Exponential, reciprocal, inverse root, logistic function and tanh on fixed-point numbers, in
numpy.

Qm.n below has m bits before the point and n behind it, with a sign bit in front: a real number
is raw / 2**n. Values are int32 held in int64.

Source: the method of gemmlowp's fixed-point library, which TFLite Micro's SOFTMAX, LOGISTIC and
TANH compute with: exp(x) is a Taylor polynomial around -1/8 for the part of x in [-1/4, 0), times
exp(-2**k) for every bit k of the rest; 1 / (1 + x) is three steps of Newton and Raphson's
division. Every product rounds, so the order of the operations is part of the result.
"""

from __future__ import annotations

import numpy as np

from edgekit.ops._quant import (
    INT32_MAX,
    INT32_MIN,
    Int64,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)

_mul = saturating_rounding_doubling_high_mul

# exp(-2**k) in Q0.31, for the bits k = -2 ... 4 of an exponent.
_EXP_OF_BIT = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
_EXP_OF_MINUS_EIGHTH = np.int64(1895147668)
_ONE_THIRD = np.int64(715827883)
# Newton and Raphson's first guess of 1/d for d in [1/2, 1] is 48/17 - 32/17 d; in Q2.29.
_FORTY_EIGHT_17THS = np.int64(1515870810)
_MINUS_32_17THS = np.int64(-1010580540)
_NEWTON_STEPS = 3
# 3/2 in Q3.28, sqrt(1/2) in Q0.31.
_THREE_HALVES = np.int64(3 << 27)
_SQRT_HALF = np.int64(1518500250)
_ROOT_STEPS = 5


def exp_on_negative_values(x: Int64, integer_bits: int) -> Int64:
    """exp(x) for x <= 0.

    Args:
        x: Q<integer_bits>.<31 - integer_bits>, not positive.
        integer_bits: at most 5.

    Returns:
        Q0.31; exp(0) is the largest number there is, 1 - 2**-31.
    """
    fraction_bits = 31 - integer_bits
    quarter = np.int64(1 << (fraction_bits - 2))
    low_part = (x & (quarter - 1)) - quarter
    result = _exp_between_minus_quarter_and_0(_shift_left(low_part, integer_bits))
    rest = low_part - x
    for bit, factor in enumerate(_EXP_OF_BIT[: integer_bits + 2], start=fraction_bits - 2):
        is_set = (rest >> np.int64(bit)) & 1
        result = np.where(is_set, _mul(result, np.int64(factor)), result)
    return np.where(x == 0, np.int64(INT32_MAX), result)


def _exp_between_minus_quarter_and_0(x: Int64) -> Int64:
    """exp(x) for x in [-1/4, 0); both Q0.31."""
    x = x + (1 << 28)  # the distance from -1/8
    x2 = _mul(x, x)
    x3 = _mul(x2, x)
    x4 = _mul(x2, x2)
    tail = _mul(rounding_divide_by_pot(x4, 2) + x3, _ONE_THIRD)
    tail = rounding_divide_by_pot(tail + x2, 1)
    result: Int64 = _EXP_OF_MINUS_EIGHTH + _mul(_EXP_OF_MINUS_EIGHTH, x + tail)
    return result


def one_over_one_plus_x(x: Int64) -> Int64:
    """1 / (1 + x) for x in [0, 1); both Q0.31. The twin of ek_one_over_one_plus_x."""
    return _shift_left(_reciprocal_of_half(x), 1)


def _reciprocal_of_half(x: Int64) -> Int64:
    """2 / (1 + x) in Q2.29, for x in [0, 1) in Q0.31."""
    half_denominator = (x + (INT32_MAX + 1)) // 2
    quotient = _FORTY_EIGHT_17THS + _mul(half_denominator, _MINUS_32_17THS)
    for _ in range(_NEWTON_STEPS):
        error = (1 << 29) - _mul(half_denominator, quotient)
        quotient = quotient + _shift_left(_mul(quotient, error), 2)
    result: Int64 = quotient
    return result


def inverse_sqrt(x: Int64) -> tuple[Int64, Int64]:
    """1 / sqrt(x) as a mantissa and a shift to the left. The twin of ek_inverse_sqrt.

    Five steps of Newton and Raphson's iteration from 1, on x brought between 1/4 and 1 by an even
    number of shifts.

    Args:
        x: int32, not negative; 0 counts as 1.

    Returns:
        Mantissa and shift, as multiply_by_quantized_multiplier has them.
    """
    width = np.frexp(np.maximum(x, 2).astype(np.float64))[1].astype(np.int64)
    pairs = (29 - width) // 2  # -1 for the two largest widths, which are shifted to the right
    scaled = np.where(pairs < 0, x >> 2, x << (2 * np.maximum(pairs, 0)))
    value = scaled >> 1
    half = rounding_divide_by_pot(value, 1)
    root = np.full_like(value, 1 << 28)  # Q3.28
    for _ in range(_ROOT_STEPS):
        cube = _shift_left(_mul(_mul(root, root), root), 6)
        root = _shift_left(_mul(_THREE_HALVES, root) - _mul(half, cube), 3)
    mantissa = _mul(root, _SQRT_HALF)
    shift = 11 - pairs
    wanted = mantissa << np.maximum(-shift, 0)
    tiny = x <= 1
    return np.where(tiny, INT32_MAX, wanted), np.where(tiny, 0, -np.maximum(shift, 0))


def logistic(x: Int64, integer_bits: int) -> Int64:
    """1 / (1 + exp(-x)).

    Args:
        x: Q<integer_bits>.<31 - integer_bits>.
        integer_bits: at most 5.

    Returns:
        Q0.31.
    """
    of_magnitude = one_over_one_plus_x(exp_on_negative_values(-np.abs(x), integer_bits))
    result = np.where(x > 0, of_magnitude, INT32_MAX - of_magnitude)
    return np.where(x == 0, np.int64(1 << 30), result)


def tanh(x: Int64, integer_bits: int) -> Int64:
    """The hyperbolic tangent, (1 - exp(-2 x)) / (1 + exp(-2 x)).

    Args:
        x: Q<integer_bits>.<31 - integer_bits>.
        integer_bits: at most 4.

    Returns:
        Q0.31.
    """
    # The same number with one integer bit more is twice as much.
    exponential = exp_on_negative_values(-np.abs(x), integer_bits + 1)
    of_magnitude = _shift_left(_reciprocal_of_half(exponential) - (1 << 29), 2)
    return np.sign(x) * of_magnitude


def _shift_left(x: Int64, bits: int) -> Int64:
    """x * 2**bits, held within int32."""
    result: Int64 = np.clip(x << np.int64(bits), INT32_MIN, INT32_MAX)
    return result
