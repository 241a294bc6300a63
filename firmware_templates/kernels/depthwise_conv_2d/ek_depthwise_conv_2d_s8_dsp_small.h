/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution for cores with the DSP extension, made for little flash: the lines of
 * ek_depthwise_conv_2d_s8_dsp.h, whose streams are made of weights of one byte each and of eight
 * bytes of constants per channel, four channels at a time, in scratch.
 *
 * A form is (bias << 8) + exponent and multiplier, as in ek_conv_2d_s8_dsp_small.h. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_DSP_SMALL_H
#define EK_DEPTHWISE_CONV_2D_S8_DSP_SMALL_H

#include "ek_depthwise_conv_2d_s8_dsp.h"

typedef struct {
    uint16_t batches;
    uint16_t input_h, input_w, input_c;
    uint16_t output_h, output_w;
    uint16_t depth_multiplier;
    uint16_t pairs; /* of a row */
    uint8_t kernel_h, kernel_w;
    uint8_t stride_h, stride_w; /* stride_w: 1 or 2 */
    uint8_t pad_h, pad_w;       /* before the first row and column */
    uint8_t terms;              /* words of weights that a kernel's row takes, even */
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t output_min, output_max;
    const int8_t *weights; /* [output channel][kernel_h][kernel_w] */
    const int32_t *forms;  /* [output channel][2] */
} ek_depthwise_conv_2d_s8_dsp_small_params_t;

typedef int16_t __attribute__((may_alias)) ek_depthwise_half_t;

/* What the lines read of a layer, but for the stream. */
static inline ek_depthwise_conv_2d_s8_dsp_params_t
ek_depthwise_small_params(const ek_depthwise_conv_2d_s8_dsp_small_params_t *p)
{
    return (ek_depthwise_conv_2d_s8_dsp_params_t){
        .batches = p->batches,
        .input_h = p->input_h,
        .input_w = p->input_w,
        .input_c = p->input_c,
        .output_h = p->output_h,
        .output_w = p->output_w,
        .depth_multiplier = p->depth_multiplier,
        .kernel_h = p->kernel_h,
        .stride_h = p->stride_h,
        .stride_w = p->stride_w,
        .pad_h = p->pad_h,
        .pad_w = p->pad_w,
        .input_zero_point = p->input_zero_point,
        .pairs = p->pairs,
        .terms = p->terms,
        .output_min = p->output_min,
        .output_max = p->output_max,
    };
}

/* The stream of one output channel, ek_depthwise_line.h; returns its end. */
static inline int32_t *
ek_depthwise_small_unpack(const ek_depthwise_conv_2d_s8_dsp_small_params_t *p, int32_t filter,
                          int32_t *to)
{
    const int32_t *const form = p->forms + filter * 2;
    const int32_t exponent = form[0] & 255;
    const int8_t *weights = p->weights + filter * p->kernel_h * p->kernel_w;
    to[0] = form[1];
    to[1] = (2 * p->output_zero_point + 1) * (1 << (exponent - 1)) + 64;
    to[2] = -128;
    to[3] = exponent;
    to[4] = form[0] - exponent;
    to += EK_DEPTHWISE_FORM_WORDS;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const bool twice = p->stride_w == 1;
        const int32_t words = p->terms * (twice ? 2 : 1);
        memset(to, 0, (size_t)words * sizeof *to);
        ek_depthwise_half_t *const halves = (ek_depthwise_half_t *)to;
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int16_t weight = (int16_t)(*weights++ * 256);
            /* In words of pairs; between them, the same one column later. */
            halves[twice ? 2 * kx - (kx & 1) : kx] = weight;
            if (twice) {
                halves[2 * kx + 3 + (kx & 1)] = weight;
            }
        }
        to += words;
    }
    return to;
}

/* The scratch: the ring of rows, then the streams of a group. */
static __attribute__((noinline)) void
ek_depthwise_small_run(const ek_depthwise_conv_2d_s8_dsp_small_params_t *p, const int8_t *input,
                       int8_t *output, int32_t *ring)
{
    const ek_depthwise_conv_2d_s8_dsp_params_t full = ek_depthwise_small_params(p);
    const int32_t room = p->input_c < EK_DEPTHWISE_GROUP ? p->input_c : EK_DEPTHWISE_GROUP;
    int32_t *const streams = ring + room * p->kernel_h * p->pairs;
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t c = 0; c < p->input_c; c += EK_DEPTHWISE_GROUP) {
            const int32_t rest = p->input_c - c;
            const int32_t count = rest < EK_DEPTHWISE_GROUP ? rest : EK_DEPTHWISE_GROUP;
            const int32_t first = c * p->depth_multiplier;
            int32_t *to = streams;
            for (int32_t i = 0; i < count * p->depth_multiplier; i++) {
                to = ek_depthwise_small_unpack(p, first + i, to);
            }
            ek_depthwise_group(&full, NULL, input + c, count, streams, output + first, ring);
        }
        input += p->input_h * p->input_w * p->input_c;
        output += p->output_h * p->output_w * p->input_c * p->depth_multiplier;
    }
}

EK_KERNEL void
ek_depthwise_conv_2d_s8_dsp_small(const ek_depthwise_conv_2d_s8_dsp_small_params_t *p,
                                  const int8_t *input, int8_t *output, void *scratch)
{
    /* The compiler must not make a copy of the body for these parameters. */
    __asm__("" : "+r"(p));
    ek_depthwise_small_run(p, input, output, scratch);
}

#endif
