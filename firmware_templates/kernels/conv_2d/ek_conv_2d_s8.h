/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution, NHWC, per-channel requantization, any stride, dilation, padding and group. */
#ifndef EK_CONV_2D_S8_H
#define EK_CONV_2D_S8_H

#include "ek_quant.h"

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
    const int8_t *weights;      /* [output_c][kernel_h][kernel_w][kernel_c] */
    const int32_t *bias;        /* [output_c] */
    const int32_t *multipliers; /* [output_c] */
    const int8_t *shifts;       /* [output_c] */
} ek_conv_2d_params_t;

/* The sum over one window for one filter; taps outside of the input count as its zero point. */
EK_KERNEL int32_t ek_conv_2d_s8_window(const ek_conv_2d_params_t *p, const int8_t *input,
                                       const int8_t *weights, int32_t row, int32_t column)
{
    int32_t sum = 0;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        if (y < 0 || y >= p->input_h) {
            continue;
        }
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            if (x < 0 || x >= p->input_w) {
                continue;
            }
            const int8_t *in = input + (y * p->input_w + x) * p->input_c;
            const int8_t *w = weights + (ky * p->kernel_w + kx) * p->kernel_c;
            for (int32_t c = 0; c < p->kernel_c; c++) {
                sum += (in[c] - p->input_zero_point) * w[c];
            }
        }
    }
    return sum;
}

EK_KERNEL void ek_conv_2d_s8(const ek_conv_2d_params_t *p, const int8_t *input, int8_t *output)
{
    const int32_t filters_per_group = p->output_c / (p->input_c / p->kernel_c);
    const int32_t filter_size = p->kernel_h * p->kernel_w * p->kernel_c;
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t row = oy * p->stride_h - p->pad_h;
                const int32_t column = ox * p->stride_w - p->pad_w;
                for (int32_t f = 0; f < p->output_c; f++) {
                    const int8_t *group = input + f / filters_per_group * p->kernel_c;
                    const int32_t sum =
                        p->bias[f] +
                        ek_conv_2d_s8_window(p, group, p->weights + f * filter_size, row, column);
                    const int32_t scaled =
                        ek_requantize(sum, p->multipliers[f], p->shifts[f]) + p->output_zero_point;
                    *output++ = (int8_t)ek_clamp(scaled, p->output_min, p->output_max);
                }
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
