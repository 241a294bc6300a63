/* SPDX-License-Identifier: Apache-2.0 */
/* int16 tanh, the hyperbolic tangent; the output's scale is 2^-15. */
#ifndef EK_TANH_S16_H
#define EK_TANH_S16_H

#include "ek_sigmoid.h"

typedef struct {
    int32_t count;
    int32_t multiplier, shift; /* to the argument's steps */
    const uint16_t *table;     /* [EK_SIGMOID_SIZE] */
} ek_tanh_s16_params_t;

/* So many bits are between two values of the table, and beyond it the value is this. */
#define EK_TANH_S16_END UINT16_MAX
#define EK_TANH_S16_BITS 8

EK_KERNEL void ek_tanh_s16(const ek_tanh_s16_params_t *p, const int16_t *input, int16_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t argument = ek_shift_rounded(input[i] * p->multiplier, p->shift);
        const uint32_t value =
            ek_sigmoid_of_magnitude(p->table, argument, EK_TANH_S16_END, EK_TANH_S16_BITS);
        /* A half of the table's unit is 0 here. */
        const int32_t centred = (int32_t)value - (1 << (15 + EK_TANH_S16_BITS));
        output[i] = (int16_t)ek_shift_rounded(argument >= 0 ? centred : -centred - 1, 8);
    }
}

#endif
