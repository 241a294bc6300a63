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
EK_KERNEL uint32_t ek_softmax_s8_exp(const ek_softmax_params_t *p, int32_t x, int32_t max)
{
    return max - x < p->exponential_count ? (uint32_t)p->exponentials[max - x] : 0U;
}

EK_KERNEL void ek_softmax_s8_row(const ek_softmax_params_t *p, const int8_t *input, int8_t *output)
{
    int32_t max = INT8_MIN;
    for (int32_t i = 0; i < p->depth; i++) {
        max = input[i] > max ? input[i] : max;
    }
    uint32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
        const uint32_t exp = ek_softmax_s8_exp(p, input[i], max);
        sum += ek_divide_natural_by_pot(exp, EK_SOFTMAX_SUM_BITS);
    }
    /* sum = (1 + fraction) * 2^-zeros in Q12.19, so that its reciprocal is scale * 2^zeros. */
    const int32_t zeros = __builtin_clz(sum);
    const int32_t fraction = (int32_t)((sum << zeros) - (1U << 31));
    const uint32_t scale = (uint32_t)ek_one_over_one_plus_x(fraction);
    /* From 512 equal elements on every share is less than half a step, as it is with 32. */
    const int32_t wanted = EK_SOFTMAX_SUM_BITS - zeros + 31 - 8;
    const int32_t exponent = wanted > 32 ? 32 : wanted;
    for (int32_t i = 0; i < p->depth; i++) {
        const uint32_t exp = ek_softmax_s8_exp(p, input[i], max);
        const int32_t share = (int32_t)ek_scale_natural(scale, exp, exponent) + INT8_MIN;
        output[i] = (int8_t)(share > INT8_MAX ? INT8_MAX : share);
    }
}

EK_KERNEL void ek_softmax_s8(const ek_softmax_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < p->rows; row++) {
        ek_softmax_s8_row(p, input + row * p->depth, output + row * p->depth);
    }
}

#endif
