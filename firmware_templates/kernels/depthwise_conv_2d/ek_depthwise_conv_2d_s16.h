/* SPDX-License-Identifier: Apache-2.0 */
/* Depthwise convolution of int16 by int8 weights, NHWC, per-tensor or per-channel weights, any
 * depth multiplier, stride, dilation and padding. */
#ifndef EK_DEPTHWISE_CONV_2D_S16_H
#define EK_DEPTHWISE_CONV_2D_S16_H

#include "ek_quant.h"
#include "ek_window.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c; /* output_c = input_c * depth_multiplier */
    int32_t kernel_h, kernel_w;
    int32_t depth_multiplier;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t output_min, output_max;
    const int8_t *weights;      /* [kernel_h][kernel_w][output_c] */
    const int64_t *bias;        /* [output_c] */
    const int16_t *multipliers; /* [output_c], or one for all; see ek_requantize_wide */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_depthwise_conv_2d_s16_params_t;

/* The sum over the taps inside of the input, of which 32 bits are proven to suffice without the
 * bias; `input` and `weights` are at their channel. */
EK_KERNEL int32_t ek_depthwise_conv_2d_s16_sum(const ek_depthwise_conv_2d_s16_params_t *p,
                                               const int16_t *input, const int8_t *weights,
                                               int32_t row, int32_t column, ek_span_t rows,
                                               ek_span_t columns)
{
    int32_t sum = 0;
    for (int32_t ky = rows.begin; ky < rows.end; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        for (int32_t kx = columns.begin; kx < columns.end; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            sum += input[(y * p->input_w + x) * p->input_c] *
                   weights[(ky * p->kernel_w + kx) * p->output_c];
        }
    }
    return sum;
}

/* One output position, all channels. */
EK_KERNEL void ek_depthwise_conv_2d_s16_pixel(const ek_depthwise_conv_2d_s16_params_t *p,
                                              const int16_t *input, int32_t row, int32_t column,
                                              int16_t *output)
{
    const ek_span_t rows = ek_span(row, p->input_h, p->kernel_h, p->dilation_h);
    const ek_span_t columns = ek_span(column, p->input_w, p->kernel_w, p->dilation_w);
    int32_t f = 0;
    for (int32_t c = 0; c < p->input_c; c++) {
        for (int32_t m = 0; m < p->depth_multiplier; m++) {
            const int64_t sum =
                p->bias[f] + ek_depthwise_conv_2d_s16_sum(p, input + c, p->weights + f, row, column,
                                                          rows, columns);
            const int32_t step = f * p->multiplier_step;
            const int32_t scaled = ek_requantize_wide(sum, p->multipliers[step], p->shifts[step]);
            output[f] = (int16_t)ek_clamp(scaled, p->output_min, p->output_max);
            f++;
        }
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s16(const ek_depthwise_conv_2d_s16_params_t *p,
                                        const int16_t *input, int16_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_depthwise_conv_2d_s16_pixel(p, input, oy * p->stride_h - p->pad_h,
                                               ox * p->stride_w - p->pad_w, output);
                output += p->output_c;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
