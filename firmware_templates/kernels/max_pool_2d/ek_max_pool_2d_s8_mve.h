/* SPDX-License-Identifier: Apache-2.0 */
/* int8 max pooling for cores with MVE, NHWC, 16 channels at a time. */
#ifndef EK_MAX_POOL_2D_S8_MVE_H
#define EK_MAX_POOL_2D_S8_MVE_H

#include "ek_max_pool_2d_s8.h"
#include "ek_mve.h"

#if EK_MVE

/* The largest of rows x columns pixels from `from` on, clamped. `some` are the channels that there
 * are, where not `whole`. */
EK_KERNEL int8x16_t ek_max_pool_2d_mve_channels(const ek_max_pool_2d_params_t *p,
                                                const int8_t *from, int32_t rows, int32_t columns,
                                                bool whole, mve_pred16_t some)
{
    int8x16_t largest = vdupq_n_s8((int8_t)p->output_min);
    for (int32_t y = 0; y < rows; y++) {
        const int8_t *at = from + y * p->input_w * p->channels;
#pragma GCC unroll 4
        for (int32_t x = 0; x < columns; x++) {
            largest = vmaxq_s8(largest, whole ? vldrbq_s8(at) : vldrbq_z_s8(at, some));
            at += p->channels;
        }
    }
    if (p->output_max < INT8_MAX) {
        largest = vminq_s8(largest, vdupq_n_s8((int8_t)p->output_max));
    }
    return largest;
}

/* One output position, all channels. */
EK_KERNEL void ek_max_pool_2d_mve_window(const ek_max_pool_2d_params_t *p, const int8_t *from,
                                         int32_t rows, int32_t columns, int8_t *output)
{
    const int32_t whole = p->channels - p->channels % EK_MVE_BYTES;
    for (int32_t c = 0; c < whole; c += EK_MVE_BYTES) {
        vstrbq_s8(output + c, ek_max_pool_2d_mve_channels(p, from + c, rows, columns, true, 0));
    }
    if (whole < p->channels) {
        const mve_pred16_t some = vctp8q((uint32_t)(p->channels - whole));
        vstrbq_p_s8(output + whole,
                    ek_max_pool_2d_mve_channels(p, from + whole, rows, columns, false, some), some);
    }
}

EK_KERNEL void ek_max_pool_2d_mve_pixel(const ek_max_pool_2d_params_t *p, const int8_t *input,
                                        int32_t row, int32_t column, int8_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->filter_h, 1);
    const ek_span_t columns = ek_span(column, p->input_w, p->filter_w, 1);
    const int32_t height = rows.end - rows.begin;
    const int32_t width = columns.end - columns.begin;
    const int8_t *const from =
        input + ((row + rows.begin) * p->input_w + column + columns.begin) * p->channels;
    if (height == p->filter_h && width == p->filter_w) {
        ek_max_pool_2d_mve_window(p, from, p->filter_h, p->filter_w, output);
    } else {
        ek_max_pool_2d_mve_window(p, from, height, width, output);
    }
}

#else

EK_KERNEL void ek_max_pool_2d_mve_pixel(const ek_max_pool_2d_params_t *p, const int8_t *input,
                                        int32_t row, int32_t column, int8_t *output)
{
    ek_max_pool_2d_pixel(p, input, row, column, output, false);
}

#endif

EK_KERNEL void ek_max_pool_2d_s8_mve(const ek_max_pool_2d_params_t *p, const int8_t *input,
                                     int8_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_max_pool_2d_mve_pixel(p, input, oy * p->stride_h - p->pad_h,
                                         ox * p->stride_w - p->pad_w, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}

#endif
