/* SPDX-License-Identifier: Apache-2.0 */
/* int16 values held between the codes of 0 and 6. */
#ifndef EK_RELU6_S16_H
#define EK_RELU6_S16_H

#include "ek_relu6_s8.h"

EK_KERNEL void ek_relu6_s16(const ek_relu6_params_t *p, const int16_t *input, int16_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] = (int16_t)ek_clamp(input[i], p->output_min, p->output_max);
    }
}

#endif
