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

/* x * multiplier * 2^(shift - 31). A positive shift goes to the left and wraps at 32 bits. */
static inline int32_t ek_requantize(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    return ek_divide_by_pot(ek_high_mul((int32_t)((uint32_t)x << left), multiplier), right);
}

#endif
