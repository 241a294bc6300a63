/* SPDX-License-Identifier: Apache-2.0 */
/* float32 to int8: x / scale + zero point, ties away from zero, held within int8; NaN is -128.
 * One division, and differences that are exact: the same bits with and without an FPU, and
 * nothing that a compiler could contract into a fused multiply-add. */
#ifndef EK_QUANTIZE_F32_S8_H
#define EK_QUANTIZE_F32_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t count;
    float scale;
    int32_t zero_point;
} ek_quantize_params_t;

EK_KERNEL void ek_quantize_f32_s8(const ek_quantize_params_t *p, const float *input, int8_t *output)
{
    const float low = (float)(INT8_MIN - p->zero_point);
    const float high = (float)(INT8_MAX - p->zero_point);
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t steps = ek_round_within(input[i] / p->scale, low, high);
        output[i] = (int8_t)(steps + p->zero_point);
    }
}

#endif
