/* SPDX-License-Identifier: Apache-2.0 */
/* int8 softmax along the last axis; the output's scale is 1/256, its zero point -128. */
#ifndef EK_SOFTMAX_S8_H
#define EK_SOFTMAX_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t rows, depth;
    int32_t exponential_count;
    const int32_t *exponentials; /* [exponential_count]: exp of 0, -1, -2 ... input steps, Q0.31 */
} ek_softmax_params_t;

/* Integer bits of a row's sum of exponentials, which depth < 2^12 keeps from overflowing. */
#define EK_SOFTMAX_SUM_BITS 12

/* exp(x - max) in Q0.31; 0 beyond the table. */
EK_KERNEL int32_t ek_softmax_s8_exp(const ek_softmax_params_t *p, int32_t x, int32_t max)
{
    return max - x < p->exponential_count ? p->exponentials[max - x] : 0;
}

EK_KERNEL void ek_softmax_s8_row(const ek_softmax_params_t *p, const int8_t *input, int8_t *output)
{
    int32_t max = INT8_MIN;
    for (int32_t i = 0; i < p->depth; i++) {
        max = input[i] > max ? input[i] : max;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
        sum += ek_divide_by_pot(ek_softmax_s8_exp(p, input[i], max), EK_SOFTMAX_SUM_BITS);
    }
    /* sum = (1 + fraction) * 2^-zeros in Q12.19, so that its reciprocal is scale * 2^zeros. */
    const int32_t zeros = __builtin_clz((uint32_t)sum);
    const int32_t fraction = (int32_t)(((uint32_t)sum << zeros) - (1U << 31));
    const int32_t scale = ek_one_over_one_plus_x(fraction);
    const int32_t exponent = EK_SOFTMAX_SUM_BITS - zeros + 31 - 8;
    for (int32_t i = 0; i < p->depth; i++) {
        const int32_t product = ek_high_mul(scale, ek_softmax_s8_exp(p, input[i], max));
        /* From 512 equal elements on every share is less than half a step. */
        const int32_t share = exponent > 31 ? 0 : ek_divide_by_pot(product, exponent);
        output[i] = (int8_t)ek_clamp(share + INT8_MIN, INT8_MIN, INT8_MAX);
    }
}

EK_KERNEL void ek_softmax_s8(const ek_softmax_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < p->rows; row++) {
        ek_softmax_s8_row(p, input + row * p->depth, output + row * p->depth);
    }
}

#endif
