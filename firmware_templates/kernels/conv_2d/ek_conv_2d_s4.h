/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution with weights of 4 bits: ek_conv_2d_s8.h with another look at the weights. */
#ifndef EK_CONV_2D_S4_H
#define EK_CONV_2D_S4_H

#include "ek_nibble.h"
#include "ek_quant.h"
#include "ek_window.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w, kernel_c; /* kernel_c = input_c / groups */
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    const uint8_t *weights;     /* [output_c][kernel_h][kernel_w][kernel_c], two in a byte */
    const int32_t *bias;        /* [output_c] */
    const int32_t *multipliers; /* [output_c], or one for all */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_conv_2d_s4_params_t;

/* The sum over the taps inside of the input; `input` is the group's first channel, `weights` the
 * number of the filter's first weight. */
EK_KERNEL int32_t ek_conv_2d_s4_sum(const ek_conv_2d_s4_params_t *p, const int8_t *input,
                                    int32_t weights, int32_t row, int32_t column, ek_span_t rows,
                                    ek_span_t columns)
{
    int32_t sum = 0;
    for (int32_t ky = rows.begin; ky < rows.end; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        for (int32_t kx = columns.begin; kx < columns.end; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            const int8_t *in = input + (y * p->input_w + x) * p->input_c;
            const int32_t w = weights + (ky * p->kernel_w + kx) * p->kernel_c;
            for (int32_t c = 0; c < p->kernel_c; c++) {
                sum += (in[c] - p->input_zero_point) * ek_nibble(p->weights, w + c);
            }
        }
    }
    return sum;
}

/* One output position, all filters. */
EK_KERNEL void ek_conv_2d_s4_pixel(const ek_conv_2d_s4_params_t *p, const int8_t *input,
                                   int32_t row, int32_t column, int8_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->kernel_h, p->dilation_h);
    const ek_span_t columns = ek_span(column, p->input_w, p->kernel_w, p->dilation_w);
    const int32_t group_filters = p->output_c / (p->input_c / p->kernel_c);
    const int32_t taps = p->kernel_h * p->kernel_w * p->kernel_c;
    for (int32_t f = 0; f < p->output_c; f++) {
        const int8_t *group = input + f / group_filters * p->kernel_c;
        const int32_t sum =
            p->bias[f] + ek_conv_2d_s4_sum(p, group, f * taps, row, column, rows, columns);
        const int32_t m = f * p->multiplier_step;
        output[f] = ek_requantize_clamped(sum, p->multipliers[m], p->shifts[m],
                                          p->output_zero_point, p->output_min, p->output_max);
    }
}

EK_KERNEL void ek_conv_2d_s4(const ek_conv_2d_s4_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_conv_2d_s4_pixel(p, input, oy * p->stride_h - p->pad_h,
                                    ox * p->stride_w - p->pad_w, output);
                output += p->output_c;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
