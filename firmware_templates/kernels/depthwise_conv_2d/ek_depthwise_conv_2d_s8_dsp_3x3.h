/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution, 3x3, stride 1 or 2, outputs clamped by int8's own range alone.
 *
 * Four channels at a time, a band of rows is spread into 16-bit pairs (ek_depthwise_pairs.h).
 * A channel's strip is two output columns wide; a block of it is two output rows: 36 products in
 * 24 instructions, and the requantization in two each.
 *
 * The output may lie where the input does, if the multiplier is 1: a group of channels is read
 * before it is written, and none touches another's. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_DSP_3X3_H
#define EK_DEPTHWISE_CONV_2D_S8_DSP_3X3_H

#include "ek_depthwise_band.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w;
    int32_t depth_multiplier;
    int32_t stride;
    int32_t pad_h, pad_w; /* before the first row and column: 0 or 1 */
    int32_t input_zero_point;
    int32_t band_rows; /* of the input, with two that the next band needs again: 6, 10 or 28 */
    int32_t exponent, other_exponent;
    const uint8_t *other; /* per output channel: whether its exponent is the other one; or NULL */
    /* Per output channel: weights, bias, multiplier and addend, as ek_depthwise_band.h says. */
    const int32_t *stream;
} ek_depthwise_conv_2d_s8_dsp_3x3_params_t;

/* What a run needs beside the band. */
typedef struct {
    const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *params;
    ek_pairs_t pairs;
    ek_band_kernel_t kernels[2]; /* for the exponent and for the other one */
    int32_t stream_words;        /* per output channel */
} ek_depthwise_3x3_t;

/* Output channels from `filter` on, whose stream the band has: runs with the same exponent. */
static inline void ek_depthwise_3x3_filters(const ek_depthwise_3x3_t *d, ek_band_t *band,
                                            const int32_t *scratch, int32_t filter, int32_t count,
                                            int8_t *output)
{
    const uint8_t *const other = d->params->other;
    for (int32_t i = 0; i < count; i += band->filters) {
        band->filters = count - i;
        band->kernel = d->kernels[0];
        if (other != NULL) {
            band->kernel = d->kernels[other[filter + i]];
            int32_t next = i + 1;
            while (next < count && other[filter + next] == other[filter + i]) {
                next++;
            }
            band->filters = next - i;
        }
        ek_band_run(band, scratch + i * band->channel_bytes / (int32_t)sizeof(int32_t), output + i);
        band->stream += band->filters * d->stream_words;
    }
}

/* All output channels of a group of input channels in one band. */
static inline void ek_depthwise_3x3_group(const ek_depthwise_3x3_t *d, ek_band_t *band,
                                          const int32_t *scratch, int32_t channel, int32_t count,
                                          int8_t *output)
{
    const int32_t multiplier = d->params->depth_multiplier;
    if (multiplier == 1) {
        ek_depthwise_3x3_filters(d, band, scratch, channel, count, output);
        return;
    }
    for (int32_t c = 0; c < count; c++) {
        ek_depthwise_3x3_filters(d, band, scratch + c * d->pairs.rows, (channel + c) * multiplier,
                                 multiplier, output + c * multiplier);
    }
}

/* One group of input channels, from the top to the bottom. */
static inline void ek_depthwise_3x3_image(ek_depthwise_3x3_t *d, ek_band_t *band,
                                          const int8_t *input, int32_t channel, int8_t *output,
                                          int32_t *scratch)
{
    const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *const p = d->params;
    const int32_t rest = p->input_c - channel;
    const int32_t count = rest < EK_PAIRS_CHANNELS ? rest : EK_PAIRS_CHANNELS;
    /* Words of four channels: the last group begins earlier, if that many are there. */
    const int32_t room = p->input_c < EK_PAIRS_CHANNELS ? p->input_c : EK_PAIRS_CHANNELS;
    const int32_t early = room - count;
    const int32_t step = (p->band_rows - 2) / p->stride;
    const int32_t *const stream = p->stream + channel * p->depth_multiplier * d->stream_words;
    for (int32_t y = 0; y < p->output_h; y += step) {
        band->rows = y + step < p->output_h ? step : p->output_h - y;
        band->stream = stream;
        const int32_t done = y > 0 ? 2 : 0;
        const int32_t top = y * p->stride - p->pad_h;
        if (done > 0) {
            ek_pairs_scroll(&d->pairs, scratch);
        }
        ek_pairs_gather(&d->pairs, input + channel - early, top + done,
                        top + (band->rows - 1) * p->stride + 3, room, scratch + done);
        ek_depthwise_3x3_group(d, band, scratch + early * p->band_rows, channel, count, output);
        output += step * band->row;
    }
}

EK_SHARED void ek_depthwise_3x3_run(const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *p,
                                    ek_band_kernel_t kernel, ek_band_kernel_t other,
                                    const int8_t *input, int8_t *output, int32_t *scratch)
{
    const int32_t output_c = p->input_c * p->depth_multiplier;
    ek_depthwise_3x3_t d = {
        .params = p,
        .pairs =
            {
                .height = p->input_h,
                .width = p->input_w,
                .channels = p->input_c,
                .pad = p->pad_w,
                .zero_point = p->input_zero_point,
                .rows = p->band_rows,
                .pairs = p->stride * ((p->output_w + 1) / 2) + 1,
            },
        .kernels = {kernel, other},
        .stream_words = p->stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2,
    };
    ek_band_t band = {
        .channel_bytes = p->depth_multiplier == 1 ? p->band_rows * (int32_t)sizeof(int32_t) : 0,
        .columns = p->output_w,
        .step = output_c,
        .row = output_c * p->output_w,
        .strip_words = p->stride * EK_PAIRS_CHANNELS * p->band_rows,
        .block_words = 2 * p->stride,
    };
    ek_pairs_begin(&d.pairs, scratch);
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t c = 0; c < p->input_c; c += EK_PAIRS_CHANNELS) {
            ek_depthwise_3x3_image(&d, &band, input, c, output + c * p->depth_multiplier, scratch);
        }
        input += p->input_h * p->input_w * p->input_c;
        output += p->output_h * p->output_w * output_c;
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s8_dsp_3x3(const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *p,
                                               const int8_t *input, int8_t *output, void *scratch)
{
    ek_depthwise_3x3_run(p, ek_band_kernel(p->stride, p->band_rows, p->exponent),
                         ek_band_kernel(p->stride, p->band_rows, p->other_exponent), input, output,
                         scratch);
}

#endif
