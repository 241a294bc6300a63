/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution of any kernel size and clamp, column stride 1 or 2, not dilated.
 *
 * The rows under the kernel are kept as 16-bit pairs of neighbouring columns, a ring of kernel_h
 * rows for up to four channels: word [channel][padded row % kernel_h][pair]. The border holds the
 * zero point, whose part of every sum is in the bias. Four outputs of a row are computed at a time.
 *
 * The output may lie exactly where the input does, if the multiplier is 1 and both have one shape:
 * a group of channels is read before it is written, and none touches another's. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_DSP_H
#define EK_DEPTHWISE_CONV_2D_S8_DSP_H

#include "ek_depthwise_line.h"
#include "ek_depthwise_taps.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w;
    int32_t depth_multiplier;
    int32_t kernel_h;
    int32_t stride_h, stride_w; /* stride_w: 1 or 2 */
    int32_t pad_h, pad_w;       /* before the first row and column */
    int32_t input_zero_point;
    int32_t pairs; /* of a row */
    int32_t terms; /* words of weights that a kernel's row takes, even */
    int32_t taps;  /* of a kernel of one row and column stride 1; 0 where it is no such kernel */
    int32_t output_min, output_max;
    /* Of all output channels: ek_depthwise_taps.h, or ek_depthwise_line.h where `taps` is 0. */
    const int32_t *stream;
} ek_depthwise_conv_2d_s8_dsp_params_t;

enum { EK_DEPTHWISE_GROUP = 4 };

/* Bytes 0 and 2 of a word as 16-bit halves. */
static inline int32_t ek_depthwise_spread(uint32_t word)
{
#if EK_DSP
    int32_t halves;
    __asm__("sxtb16 %0, %1" : "=r"(halves) : "r"(word));
    return halves;
#else
    return ek_dsp_low_bytes((int32_t)word);
#endif
}

/* A pair of columns, up to four channels a word each, into the channels' planes. */
static inline void ek_depthwise_pair(uint32_t low, uint32_t high, int32_t count, int32_t plane,
                                     int32_t *to)
{
    const uint32_t first = (low & 0xFFFFU) | (high << 16);
    const uint32_t last = (low >> 16) | (high & 0xFFFF0000U);
    to[0] = ek_depthwise_spread(first);
    if (count > 1) {
        to[plane] = ek_depthwise_spread(first >> 8);
    }
    if (count > 2) {
        to[2 * plane] = ek_depthwise_spread(last);
    }
    if (count > 3) {
        to[3 * plane] = ek_depthwise_spread(last >> 8);
    }
}

/* `count` channels of column `x` as the bytes of a word; border outside of [0, width). */
static inline uint32_t ek_depthwise_column(const ek_depthwise_conv_2d_s8_dsp_params_t *p,
                                           const int8_t *row, int32_t x, int32_t width,
                                           int32_t count)
{
    if (x < 0 || x >= width) {
        return (uint32_t)(p->input_zero_point & 0xFF) * 0x01010101U;
    }
    const int8_t *const from = row + x * p->input_c;
    uint32_t word = 0;
    if (count == EK_DEPTHWISE_GROUP) {
        __builtin_memcpy(&word, from, sizeof word);
        return word;
    }
    for (int32_t c = 0; c < count; c++) {
        word |= (uint32_t)(uint8_t)from[c] << (8 * c);
    }
    return word;
}

/* One row of the image, or NULL for a row of border, as pairs. */
static __attribute__((noinline, unused)) void
ek_depthwise_row(const ek_depthwise_conv_2d_s8_dsp_params_t *p, const int8_t *row, int32_t count,
                 int32_t *to)
{
    const int32_t plane = p->kernel_h * p->pairs;
    const int32_t width = row != NULL ? p->input_w : 0;
    int32_t x = -p->pad_w;
    for (int32_t left = p->pairs; left > 0; left--) {
        if (count == EK_DEPTHWISE_GROUP && x >= 0 && x + 1 < width) {
            /* As long as whole pairs are inside. */
            const int32_t inside = (width - x) / 2;
            int32_t run = inside < left ? inside : left;
            const int8_t *from = row + x * p->input_c;
            left -= run - 1;
            x += 2 * run;
            for (; run > 0; run--) {
                uint32_t low;
                uint32_t high;
                __builtin_memcpy(&low, from, sizeof low);
                __builtin_memcpy(&high, from + p->input_c, sizeof high);
                ek_depthwise_pair(low, high, EK_DEPTHWISE_GROUP, plane, to++);
                from += 2 * p->input_c;
            }
        } else {
            ek_depthwise_pair(ek_depthwise_column(p, row, x, width, count),
                              ek_depthwise_column(p, row, x + 1, width, count), count, plane, to++);
            x += 2;
        }
    }
}

/* Words of an output channel. */
static inline int32_t ek_depthwise_words(const ek_depthwise_conv_2d_s8_dsp_params_t *p)
{
    if (p->taps > 0) {
        return ek_depthwise_taps_words(p->taps);
    }
    return EK_DEPTHWISE_FORM_WORDS + p->kernel_h * p->terms * (p->stride_w == 1 ? 2 : 1);
}

/* A row of outputs of all channels of a group whose kernel is one row of taps. */
static inline void ek_depthwise_taps(const ek_depthwise_conv_2d_s8_dsp_params_t *p,
                                     ek_depthwise_taps_function_t function, int32_t count,
                                     const int32_t *stream, const int32_t *ring, int8_t *output)
{
    const bool single = p->depth_multiplier == 1;
    ek_depthwise_taps_t line = {
        .stream = stream + EK_DEPTHWISE_FORM_WORDS - 1,
        .in = ring,
        .out = output,
        .count = p->output_w,
        .step = p->input_c * p->depth_multiplier,
        .filters = single ? count : p->depth_multiplier,
        .plane_bytes = single ? p->pairs * (int32_t)sizeof(int32_t) : 0,
        .low = p->output_min,
        .high = p->output_max,
        .taps = p->taps,
    };
    for (int32_t c = 0; c < (single ? 1 : count); c++) {
        function(&line);
        line.stream += p->depth_multiplier * ek_depthwise_taps_words(p->taps);
        line.in += p->pairs;
        line.out += p->depth_multiplier;
    }
}

/* A row of outputs of all channels of a group; the kernel's first row is in `slot`. */
static inline void ek_depthwise_lines(const ek_depthwise_conv_2d_s8_dsp_params_t *p, int32_t count,
                                      const int32_t *stream, int32_t words, int32_t slot,
                                      const int32_t *ring, int8_t *output)
{
    ek_depthwise_line_t line = {
        .stream = stream,
        .in = ring + slot * p->pairs,
        .out = output,
        .count = p->output_w,
        .step = p->input_c * p->depth_multiplier,
        .rows = p->kernel_h,
        .slot = slot,
        .row_bytes = p->pairs * (int32_t)sizeof(int32_t),
        .ring_bytes = p->kernel_h * p->pairs * (int32_t)sizeof(int32_t),
        .halves = p->terms / 2,
        .low = p->output_min,
        .high = p->output_max,
    };
    for (int32_t c = 0; c < count; c++) {
        for (int32_t m = 0; m < p->depth_multiplier; m++) {
            if (p->stride_w == 1) {
                ek_depthwise_line_1(&line);
            } else {
                ek_depthwise_line_2(&line);
            }
            line.stream += words;
            line.out++;
        }
        line.in += p->kernel_h * p->pairs;
    }
}

/* `count` input channels from `input` on, row after row. */
static inline void ek_depthwise_group(const ek_depthwise_conv_2d_s8_dsp_params_t *p,
                                      ek_depthwise_taps_function_t function, const int8_t *input,
                                      int32_t count, const int32_t *stream, int8_t *output,
                                      int32_t *ring)
{
    const int32_t words = ek_depthwise_words(p);
    const int32_t row_bytes = p->input_w * p->input_c;
    int32_t gathered = 0; /* padded rows up to here are in the ring, or over */
    for (int32_t oy = 0; oy < p->output_h; oy++) {
        const int32_t top = oy * p->stride_h;
        for (int32_t r = gathered > top ? gathered : top; r < top + p->kernel_h; r++) {
            const int32_t y = r - p->pad_h;
            ek_depthwise_row(p, y >= 0 && y < p->input_h ? input + y * row_bytes : NULL, count,
                             ring + r % p->kernel_h * p->pairs);
        }
        gathered = top + p->kernel_h;
        if (p->taps > 0) {
            ek_depthwise_taps(p, function, count, stream, ring, output);
        } else {
            ek_depthwise_lines(p, count, stream, words, top % p->kernel_h, ring, output);
        }
        output += p->output_w * p->input_c * p->depth_multiplier;
    }
}

/* One body for all layers. */
static __attribute__((noinline, unused)) void
ek_depthwise_conv_2d_s8_dsp_run(const ek_depthwise_conv_2d_s8_dsp_params_t *p,
                                ek_depthwise_taps_function_t function, const int8_t *input,
                                int8_t *output, int32_t *ring)
{
    const int32_t words = ek_depthwise_words(p);
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t c = 0; c < p->input_c; c += EK_DEPTHWISE_GROUP) {
            const int32_t rest = p->input_c - c;
            ek_depthwise_group(p, function, input + c,
                               rest < EK_DEPTHWISE_GROUP ? rest : EK_DEPTHWISE_GROUP,
                               p->stream + c * p->depth_multiplier * words,
                               output + c * p->depth_multiplier, ring);
        }
        input += p->input_h * p->input_w * p->input_c;
        output += p->output_h * p->output_w * p->input_c * p->depth_multiplier;
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s8_dsp(const ek_depthwise_conv_2d_s8_dsp_params_t *p,
                                           const int8_t *input, int8_t *output, void *scratch)
{
    ek_depthwise_taps_function_t function = NULL;
    if (p->taps > 0) {
        function = ek_depthwise_taps_function(p->taps > 0 ? p->taps : 2,
                                              p->output_min > INT8_MIN || p->output_max < INT8_MAX);
    }
    ek_depthwise_conv_2d_s8_dsp_run(p, function, input, output, scratch);
}

#endif
