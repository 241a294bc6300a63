/* SPDX-License-Identifier: Apache-2.0 */
/* int16 max pooling, NHWC; padding does not count. */
#ifndef EK_MAX_POOL_2D_S16_H
#define EK_MAX_POOL_2D_S16_H

#include "ek_max_pool_2d_s8.h"

/* One output position, all channels. */
EK_KERNEL void ek_max_pool_2d_s16_pixel(const ek_max_pool_2d_params_t *p, const int16_t *input,
                                        int32_t row, int32_t column, int16_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->filter_h, 1);
    const ek_span_t columns = ek_span(column, p->input_w, p->filter_w, 1);
    for (int32_t c = 0; c < p->channels; c++) {
        int32_t largest = INT16_MIN;
        for (int32_t y = row + rows.begin; y < row + rows.end; y++) {
            for (int32_t x = column + columns.begin; x < column + columns.end; x++) {
                const int32_t value = input[(y * p->input_w + x) * p->channels + c];
                largest = value > largest ? value : largest;
            }
        }
        output[c] = (int16_t)ek_clamp(largest, p->output_min, p->output_max);
    }
}

EK_KERNEL void ek_max_pool_2d_s16(const ek_max_pool_2d_params_t *p, const int16_t *input,
                                  int16_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_max_pool_2d_s16_pixel(p, input, oy * p->stride_h - p->pad_h,
                                         ox * p->stride_w - p->pad_w, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}

#endif
