/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution of int16 by int8 weights, NHWC, per-tensor or per-channel weights, any stride,
 * dilation, padding and number of groups. */
#ifndef EK_CONV_2D_S16_H
#define EK_CONV_2D_S16_H

#include "ek_quant.h"
#include "ek_wide.h"
#include "ek_window.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w, kernel_c; /* kernel_c = input_c / groups */
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t output_min, output_max;
    const int8_t *weights;      /* [output_c][kernel_h][kernel_w][kernel_c] */
    const int64_t *bias;        /* [output_c] */
    const int16_t *multipliers; /* [output_c], or one for all; see ek_requantize_wide */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_conv_2d_s16_params_t;

/* The sum over the taps inside of the input; `input` is the group's first channel. */
EK_KERNEL int64_t ek_conv_2d_s16_sum(const ek_conv_2d_s16_params_t *p, const int16_t *input,
                                     const int8_t *weights, int32_t row, int32_t column,
                                     ek_span_t rows, ek_span_t columns)
{
    int64_t sum = 0;
    for (int32_t ky = rows.begin; ky < rows.end; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        for (int32_t kx = columns.begin; kx < columns.end; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            sum += ek_wide_dot(input + (y * p->input_w + x) * p->input_c,
                               weights + (ky * p->kernel_w + kx) * p->kernel_c, p->kernel_c);
        }
    }
    return sum;
}

/* One output position, all filters. */
EK_KERNEL void ek_conv_2d_s16_pixel(const ek_conv_2d_s16_params_t *p, const int16_t *input,
                                    int32_t row, int32_t column, int16_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->kernel_h, p->dilation_h);
    const ek_span_t columns = ek_span(column, p->input_w, p->kernel_w, p->dilation_w);
    const int32_t group_filters = p->output_c / (p->input_c / p->kernel_c);
    const int8_t *weights = p->weights;
    for (int32_t first = 0; first < p->output_c; first += group_filters) {
        for (int32_t f = first; f < first + group_filters; f++) {
            const int64_t sum =
                p->bias[f] + ek_conv_2d_s16_sum(p, input, weights, row, column, rows, columns);
            const int32_t m = f * p->multiplier_step;
            const int32_t scaled = ek_requantize_wide(sum, p->multipliers[m], p->shifts[m]);
            output[f] = (int16_t)ek_clamp(scaled, p->output_min, p->output_max);
            weights += p->kernel_h * p->kernel_w * p->kernel_c;
        }
        input += p->kernel_c;
    }
}

EK_KERNEL void ek_conv_2d_s16(const ek_conv_2d_s16_params_t *p, const int16_t *input,
                              int16_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_conv_2d_s16_pixel(p, input, oy * p->stride_h - p->pad_h,
                                     ox * p->stride_w - p->pad_w, output);
                output += p->output_c;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
