/* SPDX-License-Identifier: Apache-2.0 */
/* int16 softmax along the last axis; the output's scale is 2^-15. */
#ifndef EK_SOFTMAX_S16_H
#define EK_SOFTMAX_S16_H

#include "ek_quant.h"

typedef struct {
    int32_t rows, depth;
    int32_t multiplier, shift;   /* of a difference of inputs to steps of 10 / 65535 */
    const int16_t *exponentials; /* [513]: exp(x) for x from -10 to 0, Q0.15 */
    const int16_t *reciprocals;  /* [513]: 1 / (1 + x) for x from 0 to 1, Q0.15 */
} ek_softmax_s16_params_t;

/* A table's value at an int16 argument, interpolated. */
EK_KERNEL int32_t ek_softmax_s16_look_up(const int16_t *table, int32_t argument)
{
    const int32_t index = 256 + (argument >> 7);
    const int32_t slope = table[index + 1] - table[index];
    return table[index] + ek_shift_rounded(slope * (argument & 127), 7);
}

EK_KERNEL void ek_softmax_s16_row(const ek_softmax_s16_params_t *p, const int16_t *input,
                                  int16_t *output)
{
    int32_t max = INT16_MIN;
    for (int32_t i = 0; i < p->depth; i++) {
        max = input[i] > max ? input[i] : max;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
        const int32_t below = ek_requantize(input[i] - max, p->multiplier, p->shift);
        const int32_t place = ek_clamp(below + INT16_MAX, INT16_MIN, INT16_MAX);
        output[i] = (int16_t)ek_softmax_s16_look_up(p->exponentials, place);
        sum += output[i];
    }
    /* sum = (1 + fraction) * 2^shift in steps of 2^-15, so that its reciprocal is scale / 2^shift.
     */
    const int32_t shift = 31 - __builtin_clz((uint32_t)sum);
    const int32_t scaled = (int32_t)((((int64_t)sum << (30 - shift)) + (1 << 13)) >> 14);
    const int32_t fraction = ek_clamp(scaled - (1 << 16) + INT16_MIN, INT16_MIN, INT16_MAX);
    const int32_t scale = ek_softmax_s16_look_up(p->reciprocals, fraction);
    for (int32_t i = 0; i < p->depth; i++) {
        const int32_t share = ek_shift_rounded(output[i] * scale, shift);
        output[i] = (int16_t)ek_clamp(share, 0, INT16_MAX);
    }
}

EK_KERNEL void ek_softmax_s16(const ek_softmax_s16_params_t *p, const int16_t *input,
                              int16_t *output)
{
    for (int32_t row = 0; row < p->rows; row++) {
        ek_softmax_s16_row(p, input + row * p->depth, output + row * p->depth);
    }
}

#endif
