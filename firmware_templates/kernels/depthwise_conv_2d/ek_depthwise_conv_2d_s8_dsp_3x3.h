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
    int32_t band_rows; /* of the input, with two that the next band needs again; even */
    bool single;       /* one band has all rows, also those that a two of rows adds */
    /* What the assembler is made for, ek_band_shape_t: whether steps are part of it, and so on. */
    bool fixed;
    int32_t unroll, last;
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
        if (other != NULL) {
            band->kernel = d->kernels[other[filter + i]];
            band->part.exponent =
                other[filter + i] != 0 ? d->params->other_exponent : d->params->exponent;
            int32_t next = i + 1;
            while (next < count && other[filter + next] == other[filter + i]) {
                next++;
            }
            band->filters = next - i;
        }
        ek_band_run(band, scratch + i * band->part.channel_bytes / (int32_t)sizeof(int32_t),
                    output + i);
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

static inline void ek_depthwise_3x3_height(ek_band_t *band, int32_t rows)
{
    band->part.blocks = rows / 2;
    band->part.last = rows & 1;
}

/* A group of `count` input channels; its words begin `early` channels before. The border above
 * and below stays in the band from group to group. */
static inline void ek_depthwise_3x3_plane(ek_depthwise_3x3_t *d, ek_band_t *band,
                                          const int8_t *input, int32_t channel, int32_t count,
                                          int32_t early, int8_t *output, int32_t *scratch)
{
    const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *const p = d->params;
    const int32_t needed = (p->output_h - 1) * p->stride + 3 - p->pad_h;
    ek_pairs_gather_plane(&d->pairs, input + channel - early,
                          needed < p->input_h ? needed : p->input_h, scratch + p->pad_h);
    ek_depthwise_3x3_group(d, band, scratch + early * p->band_rows, channel, count, output);
}

/* The same, band after band from the top to the bottom; words of `room` channels. */
static inline void ek_depthwise_3x3_bands(ek_depthwise_3x3_t *d, ek_band_t *band,
                                          const int8_t *input, int32_t channel, int32_t count,
                                          int32_t room, int8_t *output, int32_t *scratch)
{
    const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *const p = d->params;
    const int32_t early = room - count;
    const int32_t step = (p->band_rows - 2) / p->stride;
    const int32_t *const stream = band->stream;
    for (int32_t y = 0; y < p->output_h; y += step) {
        const int32_t rows = y + step < p->output_h ? step : p->output_h - y;
        ek_depthwise_3x3_height(band, rows);
        band->stream = stream;
        const int32_t done = y > 0 ? 2 : 0;
        const int32_t top = y * p->stride - p->pad_h;
        if (done > 0) {
            ek_pairs_scroll(&d->pairs, scratch);
        }
        ek_pairs_gather(&d->pairs, input + channel - early, top + done,
                        top + (rows - 1) * p->stride + 3, room, scratch + done);
        ek_depthwise_3x3_group(d, band, scratch + early * p->band_rows, channel, count, output);
        output += step * band->part.row;
    }
}

/* All channels of an image, a group at a time. */
static inline void ek_depthwise_3x3_image(ek_depthwise_3x3_t *d, ek_band_t *band,
                                          const int8_t *input, int8_t *output, int32_t *scratch)
{
    const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *const p = d->params;
    /* Words of four channels: the last group begins earlier, if that many are there. */
    const int32_t room = p->input_c < EK_PAIRS_CHANNELS ? p->input_c : EK_PAIRS_CHANNELS;
    const bool planes = p->single && room == EK_PAIRS_CHANNELS;
    band->stream = p->stream;
    ek_depthwise_3x3_height(band, p->output_h);
    for (int32_t c = 0; c < p->input_c; c += EK_PAIRS_CHANNELS) {
        const int32_t rest = p->input_c - c;
        const int32_t count = rest < EK_PAIRS_CHANNELS ? rest : EK_PAIRS_CHANNELS;
        int8_t *const to = output + c * p->depth_multiplier;
        if (planes) {
            ek_depthwise_3x3_plane(d, band, input, c, count, room - count, to, scratch);
        } else {
            ek_depthwise_3x3_bands(d, band, input, c, count, room, to, scratch);
        }
    }
}

/* The functions that are made for a layer. */
typedef struct {
    ek_band_kernel_t kernels[2];
    ek_pairs_gather_t gather;
    ek_pairs_scroll_t scroll;
} ek_depthwise_3x3_code_t;

EK_SHARED void ek_depthwise_3x3_run(const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *p,
                                    const ek_depthwise_3x3_code_t *code, const int8_t *input,
                                    int8_t *output, int32_t *scratch)
{
    const int32_t output_c = p->input_c * p->depth_multiplier;
    const int32_t strips = (p->output_w + 1) / 2;
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
                .pairs = p->stride * strips + 1,
                .gather = code->gather,
                .scroll = code->scroll,
            },
        .kernels = {code->kernels[0], code->kernels[1]},
        .stream_words = p->stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2,
    };
    ek_band_t band = {
        .part =
            {
                .channel_bytes =
                    p->depth_multiplier == 1 ? p->band_rows * (int32_t)sizeof(int32_t) : 0,
                .step = output_c,
                .row = output_c * p->output_w,
                .strips = strips,
                .exponent = p->exponent,
                .stride = p->stride,
                .pair_words = EK_PAIRS_CHANNELS * p->band_rows,
                .odd_column = (p->output_w & 1) != 0,
            },
        .kernel = code->kernels[0],
        .strip_words = p->stride * EK_PAIRS_CHANNELS * p->band_rows,
    };
    ek_pairs_begin(&d.pairs, scratch);
    for (int32_t b = 0; b < p->batches; b++) {
        ek_depthwise_3x3_image(&d, &band, input, output, scratch);
        input += p->input_h * p->input_w * p->input_c;
        output += p->output_h * p->output_w * output_c;
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s8_dsp_3x3(const ek_depthwise_conv_2d_s8_dsp_3x3_params_t *p,
                                               const int8_t *input, int8_t *output, void *scratch)
{
    const int32_t step = p->fixed ? p->input_c * p->depth_multiplier : 0;
    const ek_band_shape_t shape = {
        .stride = p->stride,
        .pair = EK_PAIRS_CHANNELS * p->band_rows * (int32_t)sizeof(int32_t),
        .step = step,
        .row = step * p->output_w,
        .unroll = p->unroll,
        .odd_column = (p->output_w & 1) != 0,
        .last = p->last,
    };
    (void)shape; /* where there is no assembler */
    const ek_depthwise_3x3_code_t code = {
        .kernels = {ek_band_kernel(shape, p->exponent), ek_band_kernel(shape, p->other_exponent)},
        .gather = ek_pairs_gather_function(p->band_rows),
        .scroll = ek_pairs_scroll_function(p->band_rows),
    };
    ek_depthwise_3x3_run(p, &code, input, output, scratch);
}

#endif
