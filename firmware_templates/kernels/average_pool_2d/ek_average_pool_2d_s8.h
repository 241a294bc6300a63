/* SPDX-License-Identifier: Apache-2.0 */
/* int8 average pooling, NHWC; padding does not count. */
#ifndef EK_AVERAGE_POOL_2D_S8_H
#define EK_AVERAGE_POOL_2D_S8_H

#include "ek_element.h"
#include "ek_quant.h"
#include "ek_window.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, channels;
    int32_t output_h, output_w;
    int32_t filter_h, filter_w;
    int32_t stride_h, stride_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t output_min, output_max;
} ek_average_pool_2d_params_t;

/* sum / count, rounded to nearest, ties away from zero. */
static inline int32_t ek_average_pool_2d_mean(int32_t sum, int32_t count)
{
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

/* One output position, all channels. */
EK_KERNEL void ek_average_pool_2d_pixel(const ek_average_pool_2d_params_t *p, const void *input,
                                        int32_t row, int32_t column, void *output, bool wide)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->filter_h, 1);
    const ek_span_t columns = ek_span(column, p->input_w, p->filter_w, 1);
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    for (int32_t c = 0; c < p->channels; c++) {
        int32_t sum = 0;
        for (int32_t y = row + rows.begin; y < row + rows.end; y++) {
            for (int32_t x = column + columns.begin; x < column + columns.end; x++) {
                sum += ek_element(input, (y * p->input_w + x) * p->channels + c, wide);
            }
        }
        const int32_t mean = ek_average_pool_2d_mean(sum, count);
        ek_element_put(output, c, ek_clamp(mean, p->output_min, p->output_max), wide);
    }
}

/* Of int8, or of int16 where `wide`. */
EK_KERNEL void ek_average_pool_2d(const ek_average_pool_2d_params_t *p, const void *input,
                                  void *output, bool wide)
{
    const int32_t pixel = p->channels * ek_element_bytes(wide);
    const uint8_t *in = input;
    uint8_t *out = output;
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_average_pool_2d_pixel(p, in, oy * p->stride_h - p->pad_h,
                                         ox * p->stride_w - p->pad_w, out, wide);
                out += pixel;
            }
        }
        in += p->input_h * p->input_w * pixel;
    }
}

EK_KERNEL void ek_average_pool_2d_s8(const ek_average_pool_2d_params_t *p, const int8_t *input,
                                     int8_t *output)
{
    ek_average_pool_2d(p, input, output, false);
}

#endif
