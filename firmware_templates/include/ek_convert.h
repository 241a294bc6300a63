/* SPDX-License-Identifier: Apache-2.0 */
/* Between real and quantized values, for applications; the same rounding as the op QUANTIZE. */
#ifndef EK_CONVERT_H
#define EK_CONVERT_H

#include "ek_quant.h"

static inline void ek_quantize_values(const float *from, int8_t *to, uint32_t count, float scale,
                                      int32_t zero_point)
{
    for (uint32_t i = 0; i < count; i++) {
        to[i] = ek_quantize_f32(from[i], scale, zero_point);
    }
}

static inline void ek_dequantize_values(const int8_t *from, float *to, uint32_t count, float scale,
                                        int32_t zero_point)
{
    for (uint32_t i = 0; i < count; i++) {
        to[i] = scale * (float)(from[i] - zero_point);
    }
}

#endif
