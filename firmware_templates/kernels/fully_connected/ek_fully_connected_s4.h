/* SPDX-License-Identifier: Apache-2.0 */
/* int8 fully connected layer with weights of 4 bits. */
#ifndef EK_FULLY_CONNECTED_S4_H
#define EK_FULLY_CONNECTED_S4_H

#include "ek_nibble.h"
#include "ek_quant.h"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    const uint8_t *weights;     /* [units][depth], two in a byte */
    const int32_t *bias;        /* [units] */
    const int32_t *multipliers; /* [units], or one for all */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_fully_connected_s4_params_t;

EK_KERNEL void ek_fully_connected_s4(const ek_fully_connected_s4_params_t *p, const int8_t *input,
                                     int8_t *output)
{
    for (int32_t row = 0; row < p->rows; row++) {
        for (int32_t unit = 0; unit < p->units; unit++) {
            int32_t sum = p->bias[unit];
            for (int32_t i = 0; i < p->depth; i++) {
                sum +=
                    (input[i] - p->input_zero_point) * ek_nibble(p->weights, unit * p->depth + i);
            }
            const int32_t m = unit * p->multiplier_step;
            output[unit] =
                ek_requantize_clamped(sum, p->multipliers[m], p->shifts[m], p->output_zero_point,
                                      p->output_min, p->output_max);
        }
        input += p->depth;
        output += p->units;
    }
}

#endif
