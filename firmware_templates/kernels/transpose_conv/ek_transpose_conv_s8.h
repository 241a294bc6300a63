/* SPDX-License-Identifier: Apache-2.0 */
/* int8 transposed convolution, NHWC, per-tensor or per-channel weights. Input pixel (y, x) reaches
 * output rows y * stride_h - pad_h + ky; each output pixel gathers what reaches it. */
#ifndef EK_TRANSPOSE_CONV_S8_H
#define EK_TRANSPOSE_CONV_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w; /* of the windows over the output */
    int32_t pad_h, pad_w;       /* before the output's first row and column */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    const int8_t *weights;      /* [output_c][kernel_h][kernel_w][input_c] */
    const int32_t *bias;        /* [output_c] */
    const int32_t *multipliers; /* [output_c], or one for all */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_transpose_conv_params_t;

/* What reaches the output position `row`, `column`, both counted from the padding on. */
EK_KERNEL int32_t ek_transpose_conv_s8_sum(const ek_transpose_conv_params_t *p, const int8_t *input,
                                           const int8_t *weights, int32_t row, int32_t column)
{
    int32_t sum = 0;
    for (int32_t ky = row % p->stride_h; ky < p->kernel_h && ky <= row; ky += p->stride_h) {
        const int32_t y = (row - ky) / p->stride_h;
        for (int32_t kx = column % p->stride_w; kx < p->kernel_w && kx <= column;
             kx += p->stride_w) {
            const int32_t x = (column - kx) / p->stride_w;
            if (y < p->input_h && x < p->input_w) {
                const int8_t *in = input + (y * p->input_w + x) * p->input_c;
                const int8_t *w = weights + (ky * p->kernel_w + kx) * p->input_c;
                for (int32_t c = 0; c < p->input_c; c++) {
                    sum += (in[c] - p->input_zero_point) * w[c];
                }
            }
        }
    }
    return sum;
}

/* One output position, all filters. */
EK_KERNEL void ek_transpose_conv_s8_pixel(const ek_transpose_conv_params_t *p, const int8_t *input,
                                          int32_t row, int32_t column, int8_t *output)
{
    const int8_t *weights = p->weights;
    for (int32_t f = 0; f < p->output_c; f++) {
        const int32_t sum = p->bias[f] + ek_transpose_conv_s8_sum(p, input, weights, row, column);
        const int32_t m = f * p->multiplier_step;
        output[f] = ek_requantize_clamped(sum, p->multipliers[m], p->shifts[m],
                                          p->output_zero_point, p->output_min, p->output_max);
        weights += p->kernel_h * p->kernel_w * p->input_c;
    }
}

EK_KERNEL void ek_transpose_conv_s8(const ek_transpose_conv_params_t *p, const int8_t *input,
                                    int8_t *output)
{
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                ek_transpose_conv_s8_pixel(p, input, oy + p->pad_h, ox + p->pad_w, output);
                output += p->output_c;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
