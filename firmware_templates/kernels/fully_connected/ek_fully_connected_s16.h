/* SPDX-License-Identifier: Apache-2.0 */
/* Fully connected layer of int16 by int8 weights: every row of the input times the weights,
 * per-tensor or per-channel. */
#ifndef EK_FULLY_CONNECTED_S16_H
#define EK_FULLY_CONNECTED_S16_H

#include "ek_quant.h"
#include "ek_wide.h"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t output_min, output_max;
    const int8_t *weights;      /* [units][depth] */
    const int64_t *bias;        /* [units] */
    const int16_t *multipliers; /* [units], or one for all; see ek_requantize_wide */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_fully_connected_s16_params_t;

EK_KERNEL void ek_fully_connected_s16(const ek_fully_connected_s16_params_t *p,
                                      const int16_t *input, int16_t *output)
{
    for (int32_t row = 0; row < p->rows; row++) {
        const int8_t *weights = p->weights;
        for (int32_t unit = 0; unit < p->units; unit++) {
            const int64_t sum = p->bias[unit] + ek_wide_dot(input, weights, p->depth);
            const int32_t m = unit * p->multiplier_step;
            const int32_t scaled = ek_requantize_wide(sum, p->multipliers[m], p->shifts[m]);
            output[unit] = (int16_t)ek_clamp(scaled, p->output_min, p->output_max);
            weights += p->depth;
        }
        input += p->depth;
        output += p->units;
    }
}

#endif
