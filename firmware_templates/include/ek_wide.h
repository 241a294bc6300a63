/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of int16 inputs times int8 weights. */
#ifndef EK_WIDE_H
#define EK_WIDE_H

#include "ek_types.h"

/* So many products of 2^15 * 2^7 stay within 32 bits, which every core adds faster than 64. */
#define EK_WIDE_RUN 511

/* The sum of count products, exact. */
EK_KERNEL int64_t ek_wide_dot(const int16_t *input, const int8_t *weights, int32_t count)
{
    int64_t sum = 0;
    for (int32_t begin = 0; begin < count; begin += EK_WIDE_RUN) {
        const int32_t end = count - begin > EK_WIDE_RUN ? begin + EK_WIDE_RUN : count;
        int32_t part = 0;
        for (int32_t i = begin; i < end; i++) {
            part += input[i] * weights[i];
        }
        sum += part;
    }
    return sum;
}

#endif
