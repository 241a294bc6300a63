/* SPDX-License-Identifier: Apache-2.0 */
/* int8 max pooling, NHWC, of at least 4 channels, four at a time; without an upper clamp. */
#ifndef EK_MAX_POOL_2D_S8_DSP_H
#define EK_MAX_POOL_2D_S8_DSP_H

#include "ek_lanes.h"
#include "ek_max_pool_2d_s8.h"

/* The largest of rows x columns pixels from `input` on. */
EK_KERNEL uint32_t ek_max_pool_2d_s8_dsp_window(const ek_max_pool_2d_params_t *p,
                                                const int8_t *input, int32_t rows, int32_t columns)
{
    const uint32_t low = (uint32_t)(p->output_min & 0xFF) * 0x01010101U;
    uint32_t largest = p->output_min > INT8_MIN ? low : ek_lanes_load(input);
    for (int32_t y = 0; y < rows; y++) {
#pragma GCC unroll 4
        for (int32_t x = 0; x < columns; x++) {
            largest = ek_lanes_max(largest, ek_lanes_load(input + x * p->channels));
        }
        input += p->input_w * p->channels;
    }
    return largest;
}

/* One output position, all channels. */
EK_KERNEL void ek_max_pool_2d_s8_dsp_pixel(const ek_max_pool_2d_params_t *p, const int8_t *input,
                                           int32_t row, int32_t column, int8_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->filter_h, 1);
    const ek_span_t columns = ek_span(column, p->input_w, p->filter_w, 1);
    const int32_t height = rows.end - rows.begin;
    const int32_t width = columns.end - columns.begin;
    const int8_t *const from =
        input + ((row + rows.begin) * p->input_w + column + columns.begin) * p->channels;
    for (int32_t c = 0; c < p->channels; c += 4) {
        /* The last four channels may be some of the ones before, once more. */
        const int32_t at = c + 4 <= p->channels ? c : p->channels - 4;
        const bool whole = height == p->filter_h && width == p->filter_w;
        ek_lanes_store(output + at,
                       whole ? ek_max_pool_2d_s8_dsp_window(p, from + at, p->filter_h, p->filter_w)
                             : ek_max_pool_2d_s8_dsp_window(p, from + at, height, width));
    }
}

EK_KERNEL void ek_max_pool_2d_s8_dsp(const ek_max_pool_2d_params_t *p, const int8_t *input,
                                     int8_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_max_pool_2d_s8_dsp_pixel(p, input, oy * p->stride_h - p->pad_h,
                                            ox * p->stride_w - p->pad_w, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}

#endif
