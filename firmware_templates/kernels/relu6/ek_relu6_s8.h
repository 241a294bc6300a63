/* SPDX-License-Identifier: Apache-2.0 */
/* int8 values held between the codes of 0 and 6. */
#ifndef EK_RELU6_S8_H
#define EK_RELU6_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t count;
    int32_t output_min, output_max;
} ek_relu6_params_t;

EK_KERNEL void ek_relu6_s8(const ek_relu6_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] = (int8_t)ek_clamp(input[i], p->output_min, p->output_max);
    }
}

#endif
