/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution, 3x3, stride 1 or 2, of an image that is there as pairs of columns
 * with its border (ek_column_pairs.h): the strips of ek_depthwise_band.h without any gathering.
 *
 * Outputs are NHWC. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_DSP_3X3_PAIRS_H
#define EK_DEPTHWISE_CONV_2D_S8_DSP_3X3_PAIRS_H

#include "ek_depthwise_band.h"

typedef struct {
    int32_t channels;
    int32_t output_h, output_w;
    int32_t stride;
    int32_t rows, pairs; /* of a channel of the input */
    /* What the assembler is made for, ek_band_shape_t: whether steps are part of it, and so on. */
    bool fixed;
    int32_t unroll, last;
    int32_t exponent, other_exponent;
    const uint8_t *other; /* per channel: whether its exponent is the other one; or NULL */
    /* Per channel: weights, bias, multiplier and addend, as ek_depthwise_band.h says. */
    const int32_t *stream;
} ek_depthwise_conv_2d_s8_dsp_3x3_pairs_params_t;

EK_SHARED void ek_depthwise_3x3_pairs_run(const ek_depthwise_conv_2d_s8_dsp_3x3_pairs_params_t *p,
                                          const ek_band_kernel_t *kernels, const int32_t *input,
                                          int8_t *output)
{
    const int32_t plane = p->rows * p->pairs;
    ek_band_t band = {
        .part =
            {
                .channel_bytes = plane * (int32_t)sizeof(int32_t),
                .step = p->channels,
                .row = p->channels * p->output_w,
                .blocks = p->output_h / 2,
                .strips = (p->output_w + 1) / 2,
                .last = p->output_h & 1,
                .stride = p->stride,
                .pair_words = p->rows,
                .odd_column = (p->output_w & 1) != 0,
            },
        .stream = p->stream,
        .strip_words = p->stride * p->rows,
    };
    /* Channels that follow each other with the same exponent go together. */
    for (int32_t c = 0; c < p->channels; c += band.filters) {
        const uint8_t other = p->other != NULL ? p->other[c] : 0;
        int32_t next = p->other != NULL ? c + 1 : p->channels;
        while (next < p->channels && p->other[next] == other) {
            next++;
        }
        band.filters = next - c;
        band.kernel = kernels[other];
        band.part.exponent = other != 0 ? p->other_exponent : p->exponent;
        ek_band_run(&band, input + c * plane, output + c);
        band.stream += band.filters * (p->stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2);
    }
}

EK_KERNEL void
ek_depthwise_conv_2d_s8_dsp_3x3_pairs(const ek_depthwise_conv_2d_s8_dsp_3x3_pairs_params_t *p,
                                      const int8_t *input, int8_t *output)
{
    const int32_t step = p->fixed ? p->channels : 0;
    const ek_band_shape_t shape = {
        .stride = p->stride,
        .pair = p->rows * (int32_t)sizeof(int32_t),
        .step = step,
        .row = step * p->output_w,
        .unroll = p->unroll,
        .odd_column = (p->output_w & 1) != 0,
        .last = p->last,
    };
    (void)shape; /* where there is no assembler */
    const ek_band_kernel_t kernels[2] = {ek_band_kernel(shape, p->exponent),
                                         ek_band_kernel(shape, p->other_exponent)};
    ek_depthwise_3x3_pairs_run(p, kernels, (const int32_t *)(const void *)input, output);
}

#endif
