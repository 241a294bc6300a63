/* SPDX-License-Identifier: Apache-2.0 */
/* int16 to int8 of another scale, within bounds. */
#ifndef EK_RESCALE_S16_S8_H
#define EK_RESCALE_S16_S8_H

#include "kernels/rescale/ek_rescale_s8.h"

EK_KERNEL void ek_rescale_s16_s8(const ek_rescale_params_t *p, const int16_t *input, int8_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] =
            (int8_t)ek_requantize_within(input[i] - p->input_zero_point, p->multiplier, p->shift,
                                         p->output_zero_point, p->output_min, p->output_max);
    }
}

#endif
