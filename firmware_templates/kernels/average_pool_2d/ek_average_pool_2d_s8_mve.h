/* SPDX-License-Identifier: Apache-2.0 */
/* int8 average pooling for cores with MVE, NHWC, 8 channels at a time, windows of at most 4096
 * positions.
 *
 * The division by the number of positions is a multiplication: with m = ceil(2^32 / count),
 * n * m >> 32 is n / count as long as n * (m * count - 2^32) is below 2^32; n is at most
 * 128.5 * count. */
#ifndef EK_AVERAGE_POOL_2D_S8_MVE_H
#define EK_AVERAGE_POOL_2D_S8_MVE_H

#include "ek_average_pool_2d_s8.h"
#include "ek_mve_window.h"

#if EK_MVE

/* sum / count, rounded to nearest, ties away from zero. */
EK_KERNEL int32x4_t ek_average_pool_2d_mve_mean(int32x4_t sum, int32_t count)
{
    if (count == 1) {
        return sum;
    }
    const uint32x4_t size = vreinterpretq_u32_s32(vabsq_s32(sum));
    const uint32x4_t rounded = vaddq_n_u32(size, (uint32_t)count / 2U);
    const uint32x4_t reciprocal = vdupq_n_u32(UINT32_MAX / (uint32_t)count + 1U);
    const int32x4_t mean = vreinterpretq_s32_u32(vmulhq_u32(rounded, reciprocal));
    return vpselq_s32(vnegq_s32(mean), mean, vcmpltq_n_s32(sum, 0));
}

EK_KERNEL int16x8_t ek_average_pool_2d_mve_channels(const ek_average_pool_2d_params_t *p,
                                                    const int8_t *from,
                                                    const ek_mve_window_t *window, bool whole,
                                                    mve_pred16_t some)
{
    const int32_t count = window->rows * window->columns;
    ek_mve_sums_t sums = ek_mve_window_sums(from, window, p->filter_h * p->filter_w, whole, some);
    sums.even = ek_average_pool_2d_mve_mean(sums.even, count);
    sums.odd = ek_average_pool_2d_mve_mean(sums.odd, count);
    int16x8_t means = ek_mve_join(sums);
    if (p->output_min > INT8_MIN) {
        means = vmaxq_s16(means, vdupq_n_s16((int16_t)p->output_min));
    }
    if (p->output_max < INT8_MAX) {
        means = vminq_s16(means, vdupq_n_s16((int16_t)p->output_max));
    }
    return means;
}

/* One output position, all channels. */
EK_KERNEL void ek_average_pool_2d_mve_window(const ek_average_pool_2d_params_t *p,
                                             const int8_t *from, const ek_mve_window_t *window,
                                             int8_t *output)
{
    const int32_t whole = p->channels - p->channels % EK_MVE_LANES;
    for (int32_t c = 0; c < whole; c += EK_MVE_LANES) {
        vstrbq_s16(output + c, ek_average_pool_2d_mve_channels(p, from + c, window, true, 0));
    }
    if (whole < p->channels) {
        const mve_pred16_t some = vctp16q((uint32_t)(p->channels - whole));
        vstrbq_p_s16(output + whole,
                     ek_average_pool_2d_mve_channels(p, from + whole, window, false, some), some);
    }
}

EK_KERNEL void ek_average_pool_2d_mve_pixel(const ek_average_pool_2d_params_t *p,
                                            const int8_t *input, int32_t row, int32_t column,
                                            int8_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->filter_h, 1);
    const ek_span_t columns = ek_span(column, p->input_w, p->filter_w, 1);
    const int8_t *const from =
        input + ((row + rows.begin) * p->input_w + column + columns.begin) * p->channels;
    ek_mve_window_t window = {p->filter_h, p->filter_w, p->input_w * p->channels, p->channels};
    if (rows.end - rows.begin == p->filter_h && columns.end - columns.begin == p->filter_w) {
        ek_average_pool_2d_mve_window(p, from, &window, output);
        return;
    }
    window.rows = rows.end - rows.begin;
    window.columns = columns.end - columns.begin;
    ek_average_pool_2d_mve_window(p, from, &window, output);
}

#else

EK_KERNEL void ek_average_pool_2d_mve_pixel(const ek_average_pool_2d_params_t *p,
                                            const int8_t *input, int32_t row, int32_t column,
                                            int8_t *output)
{
    ek_average_pool_2d_pixel(p, input, row, column, output, false);
}

#endif

EK_KERNEL void ek_average_pool_2d_s8_mve(const ek_average_pool_2d_params_t *p, const int8_t *input,
                                         int8_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_average_pool_2d_mve_pixel(p, input, oy * p->stride_h - p->pad_h,
                                             ox * p->stride_w - p->pad_w, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}

#endif
