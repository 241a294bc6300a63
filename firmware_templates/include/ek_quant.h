/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed-point arithmetic: the only rounding code of the runtime.
 *
 * Bit-exact with TFLite Micro's reference kernels, which round twice: a doubling high
 * multiplication that rounds, then a right shift that rounds. Right shifts of negative numbers
 * are arithmetic on every compiler that is supported here. */
#ifndef EK_QUANT_H
#define EK_QUANT_H

#include "ek_types.h"

static inline int32_t ek_clamp(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : (x > high ? high : x);
}

/* round(a * b / 2^31), ties upward; saturates the one product that does not fit. */
static inline int32_t ek_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + (1LL << 30)) >> 31);
}

/* x / 2^exponent, ties away from zero; exponent in [0, 31]. */
static inline int32_t ek_divide_by_pot(int32_t x, int32_t exponent)
{
    const int32_t mask = (int32_t)((1U << exponent) - 1U);
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* The same without a sign, which is one addition and a shift; exponent in [1, 31], x <= 2^31. */
static inline uint32_t ek_divide_natural_by_pot(uint32_t x, int32_t exponent)
{
    return (x + (1U << (exponent - 1))) >> exponent;
}

/* ek_divide_by_pot(ek_high_mul(a, b), exponent) for a, b < 2^31; exponent in [2, 32]. Both
 * roundings are one addition: floor((floor(x / m) + k) / n) = floor((x + k * m) / (m * n)). */
static inline uint32_t ek_scale_natural(uint32_t a, uint32_t b, int32_t exponent)
{
    const uint64_t halves = ((uint64_t)1 << (exponent + 30)) + (1U << 30);
    return (uint32_t)(((uint64_t)a * b + halves) >> 32) >> (exponent - 1);
}

/* x * multiplier * 2^(shift - 31). A positive shift goes to the left and wraps at 32 bits. */
static inline int32_t ek_requantize(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    return ek_divide_by_pot(ek_high_mul((int32_t)((uint32_t)x << left), multiplier), right);
}

/* x * multiplier * 2^(shift - 15) for a sum x of int16 inputs, of 48 bits; shift is at most 7.
 * Here TFLite Micro rounds once, ties upward, and takes 15 bits of the multiplier. */
static inline int32_t ek_requantize_wide(int64_t x, int32_t multiplier, int32_t shift)
{
    const int32_t right = 15 - shift;
    return (int32_t)((x * multiplier + (1LL << (right - 1))) >> right);
}

/* x / 2^exponent, ties upward; exponent in [0, 31], and x + 2^(exponent - 1) within 32 bits. */
static inline int32_t ek_shift_rounded(int32_t x, int32_t exponent)
{
    return (x + (int32_t)((1U << exponent) >> 1)) >> exponent;
}

/* 1 / (1 + x) for x in [0, 1), both Q0.31: three steps of Newton and Raphson's division, from
 * the guess 48/17 - 32/17 d for 1/d, where d = (1 + x) / 2. The quotient is Q2.29 on the way. */
static inline int32_t ek_one_over_one_plus_x(int32_t x)
{
    const int32_t half_denominator = (int32_t)(((uint32_t)x + (1U << 31)) / 2U);
    int32_t quotient = 1515870810 + ek_high_mul(half_denominator, -1010580540);
    for (int step = 0; step < 3; step++) {
        const int32_t error = (1 << 29) - ek_high_mul(half_denominator, quotient);
        quotient += ek_high_mul(quotient, error) * 4;
    }
    /* 1 itself does not fit Q0.31. */
    return quotient >= 1 << 30 ? INT32_MAX : quotient * 2;
}

/* x * 2^exponent, held within 32 bits. */
static inline int32_t ek_shift_left_held(int32_t x, int32_t exponent)
{
    const int32_t most = INT32_MAX >> exponent;
    return x > most ? INT32_MAX : (x < -most - 1 ? INT32_MIN : x * (1 << exponent));
}

/* A factor: multiplier * 2^(shift - 31), as ek_requantize has it. */
typedef struct {
    int32_t multiplier, shift;
} ek_factor_t;

/* 1 / sqrt(x) for x >= 0, of which 0 counts as 1: five steps of Newton and Raphson's iteration
 * from 1, on x brought between 1/4 and 1 by an even number of shifts. */
static inline ek_factor_t ek_inverse_sqrt(int32_t x)
{
    if (x <= 1) {
        return (ek_factor_t){INT32_MAX, 0};
    }
    const int32_t width = 32 - __builtin_clz((uint32_t)x);
    const int32_t pairs = width >= 30 ? -1 : (29 - width) / 2;
    const int32_t value = (pairs < 0 ? x >> 2 : x << (2 * pairs)) >> 1;
    const int32_t half = ek_divide_by_pot(value, 1);
    int32_t root = 1 << 28;
    for (int step = 0; step < 5; step++) {
        const int32_t cube = ek_shift_left_held(ek_high_mul(ek_high_mul(root, root), root), 6);
        root = ek_shift_left_held(ek_high_mul(3 << 27, root) - ek_high_mul(half, cube), 3);
    }
    const int32_t mantissa = ek_high_mul(root, 1518500250);
    const int32_t shift = 11 - pairs;
    return shift < 0 ? (ek_factor_t){mantissa << -shift, 0} : (ek_factor_t){mantissa, -shift};
}

/* x rounded to an integer, ties away from zero, within bounds that are integers; NaN is low. */
static inline int32_t ek_round_within(float x, float low, float high)
{
    const float held = x > low ? (x < high ? x : high) : low;
    const int32_t whole = (int32_t)held;
    const float rest = held - (float)whole;
    return whole + (rest >= 0.5F ? 1 : 0) - (rest <= -0.5F ? 1 : 0);
}

/* An accumulator in the output's steps: requantized, the zero point added, clamped to [low, high].
 * Clamping before the addition keeps it from overflowing; with literals both cost the same. */
static inline int32_t ek_requantize_within(int32_t x, int32_t multiplier, int32_t shift,
                                           int32_t zero_point, int32_t low, int32_t high)
{
    const int32_t scaled = ek_requantize(x, multiplier, shift);
    return ek_clamp(scaled, low - zero_point, high - zero_point) + zero_point;
}

/* The same as int8. */
static inline int8_t ek_requantize_clamped(int32_t x, int32_t multiplier, int32_t shift,
                                           int32_t zero_point, int32_t low, int32_t high)
{
    return (int8_t)ek_requantize_within(x, multiplier, shift, zero_point, low, high);
}

#endif
