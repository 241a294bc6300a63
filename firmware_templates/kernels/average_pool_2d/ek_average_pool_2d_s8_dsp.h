/* SPDX-License-Identifier: Apache-2.0 */
/* int8 average pooling, NHWC, of at least 4 channels and at most 256 positions, four channels at a
 * time: their sums fit 16 bits. */
#ifndef EK_AVERAGE_POOL_2D_S8_DSP_H
#define EK_AVERAGE_POOL_2D_S8_DSP_H

#include "ek_average_pool_2d_s8.h"
#include "ek_lanes.h"

/* The sums over rows x columns pixels from `input` on. */
EK_KERNEL ek_lanes_t ek_average_pool_2d_s8_dsp_window(const ek_average_pool_2d_params_t *p,
                                                      const int8_t *input, int32_t rows,
                                                      int32_t columns)
{
    ek_lanes_t sums = {0, 0};
    for (int32_t y = 0; y < rows; y++) {
        const int8_t *from = input;
#pragma GCC unroll 8
        for (int32_t x = 0; x < columns; x++) {
            sums = ek_lanes_add(sums, ek_lanes_load(from));
            from += p->channels;
        }
        input += p->input_w * p->channels;
    }
    return sums;
}

EK_KERNEL void ek_average_pool_2d_s8_dsp_store(const ek_average_pool_2d_params_t *p,
                                               ek_lanes_t sums, int32_t count, int8_t *output)
{
    for (int32_t lane = 0; lane < 4; lane++) {
        const int32_t mean = ek_average_pool_2d_mean(ek_lanes_sum(sums, lane), count);
        output[lane] = (int8_t)ek_clamp(mean, p->output_min, p->output_max);
    }
}

/* One output position, all channels. */
EK_KERNEL void ek_average_pool_2d_s8_dsp_pixel(const ek_average_pool_2d_params_t *p,
                                               const int8_t *input, int32_t row, int32_t column,
                                               int8_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->filter_h, 1);
    const ek_span_t columns = ek_span(column, p->input_w, p->filter_w, 1);
    const int32_t height = rows.end - rows.begin;
    const int32_t width = columns.end - columns.begin;
    const bool whole = height == p->filter_h && width == p->filter_w;
    const int8_t *const from =
        input + ((row + rows.begin) * p->input_w + column + columns.begin) * p->channels;
    for (int32_t c = 0; c < p->channels; c += 4) {
        /* The last four channels may be some of the ones before, once more. */
        const int32_t at = c + 4 <= p->channels ? c : p->channels - 4;
        const ek_lanes_t sums =
            whole ? ek_average_pool_2d_s8_dsp_window(p, from + at, p->filter_h, p->filter_w)
                  : ek_average_pool_2d_s8_dsp_window(p, from + at, height, width);
        ek_average_pool_2d_s8_dsp_store(p, sums, height * width, output + at);
    }
}

EK_KERNEL void ek_average_pool_2d_s8_dsp(const ek_average_pool_2d_params_t *p, const int8_t *input,
                                         int8_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_average_pool_2d_s8_dsp_pixel(p, input, oy * p->stride_h - p->pad_h,
                                                ox * p->stride_w - p->pad_w, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}

#endif
