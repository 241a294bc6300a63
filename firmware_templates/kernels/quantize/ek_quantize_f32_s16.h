/* SPDX-License-Identifier: Apache-2.0 */
/* float32 to int16: see ek_quantize_f32_s8.h. */
#ifndef EK_QUANTIZE_F32_S16_H
#define EK_QUANTIZE_F32_S16_H

#include "kernels/quantize/ek_quantize_f32_s8.h"

EK_KERNEL void ek_quantize_f32_s16(const ek_quantize_params_t *p, const float *input,
                                   int16_t *output)
{
    const float low = (float)(INT16_MIN - p->zero_point);
    const float high = (float)(INT16_MAX - p->zero_point);
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t steps = ek_round_within(input[i] / p->scale, low, high);
        output[i] = (int16_t)(steps + p->zero_point);
    }
}

#endif
