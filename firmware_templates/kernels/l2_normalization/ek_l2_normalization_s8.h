/* SPDX-License-Identifier: Apache-2.0 */
/* int8 rows divided by their Euclidean length; the output's scale is 1/128, its zero point 0. */
#ifndef EK_L2_NORMALIZATION_S8_H
#define EK_L2_NORMALIZATION_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t rows, depth; /* depth is at most 2^15, so that the sum of squares stays in 32 bits */
    int32_t input_zero_point;
} ek_l2_normalization_params_t;

/* The output's steps in 1, as a power of two. */
#define EK_L2_NORMALIZATION_BITS 7

EK_KERNEL void ek_l2_normalization_s8(const ek_l2_normalization_params_t *p, const int8_t *input,
                                      int8_t *output)
{
    for (int32_t row = 0; row < p->rows; row++) {
        int32_t sum = 0;
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t x = input[i] - p->input_zero_point;
            sum += x * x;
        }
        const ek_factor_t factor = ek_inverse_sqrt(sum);
        for (int32_t i = 0; i < p->depth; i++) {
            output[i] = ek_requantize_clamped(input[i] - p->input_zero_point, factor.multiplier,
                                              factor.shift + EK_L2_NORMALIZATION_BITS, 0, INT8_MIN,
                                              INT8_MAX);
        }
        input += p->depth;
        output += p->depth;
    }
}

#endif
