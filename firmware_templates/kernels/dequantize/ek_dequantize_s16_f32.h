/* SPDX-License-Identifier: Apache-2.0 */
/* int16 to float32: one multiplication, the same bits with and without an FPU. */
#ifndef EK_DEQUANTIZE_S16_F32_H
#define EK_DEQUANTIZE_S16_F32_H

#include "kernels/dequantize/ek_dequantize_s8_f32.h"

EK_KERNEL void ek_dequantize_s16_f32(const ek_dequantize_params_t *p, const int16_t *input,
                                     float *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] = p->scale * (float)(input[i] - p->zero_point);
    }
}

#endif
