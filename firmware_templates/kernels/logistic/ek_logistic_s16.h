/* SPDX-License-Identifier: Apache-2.0 */
/* int16 logistic, 1 / (1 + exp(-x)); the output's scale is 2^-15. */
#ifndef EK_LOGISTIC_S16_H
#define EK_LOGISTIC_S16_H

#include "ek_sigmoid.h"

typedef struct {
    int32_t count;
    int32_t multiplier, shift; /* to the argument's steps */
    const uint16_t *table;     /* [EK_SIGMOID_SIZE] */
} ek_logistic_s16_params_t;

/* So many bits are between two values of the table, and beyond it the value is this. */
#define EK_LOGISTIC_S16_END (UINT16_MAX - 1)
#define EK_LOGISTIC_S16_BITS 9

EK_KERNEL void ek_logistic_s16(const ek_logistic_s16_params_t *p, const int16_t *input,
                               int16_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t argument = ek_shift_rounded(input[i] * p->multiplier, p->shift);
        const uint32_t value =
            ek_sigmoid_of_magnitude(p->table, argument, EK_LOGISTIC_S16_END, EK_LOGISTIC_S16_BITS);
        /* Below 0 it is 1 less that. */
        const uint32_t mirrored =
            argument >= 0 ? value : (1U << (16 + EK_LOGISTIC_S16_BITS)) - value - 1U;
        output[i] = (int16_t)ek_shift_rounded((int32_t)mirrored, 10);
    }
}

#endif
