/* SPDX-License-Identifier: Apache-2.0 */
/* int8 to int8 of another scale and zero point, within bounds: RELU, and QUANTIZE of int8. */
#ifndef EK_RESCALE_S8_H
#define EK_RESCALE_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t count;
    int32_t input_zero_point;
    int32_t multiplier, shift;
    int32_t output_zero_point;
    int32_t output_min, output_max;
} ek_rescale_params_t;

EK_KERNEL void ek_rescale_s8(const ek_rescale_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] = ek_requantize_clamped(input[i] - p->input_zero_point, p->multiplier, p->shift,
                                          p->output_zero_point, p->output_min, p->output_max);
    }
}

#endif
