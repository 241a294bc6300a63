/* SPDX-License-Identifier: Apache-2.0 */
/* int16 to int16 of another scale, within bounds. */
#ifndef EK_RESCALE_S16_H
#define EK_RESCALE_S16_H

#include "kernels/rescale/ek_rescale_s8.h"

EK_KERNEL void ek_rescale_s16(const ek_rescale_params_t *p, const int16_t *input, int16_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] =
            (int16_t)ek_requantize_within(input[i] - p->input_zero_point, p->multiplier, p->shift,
                                          p->output_zero_point, p->output_min, p->output_max);
    }
}

#endif
