/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution for cores without SIMD, channel by channel.
 *
 * A channel is copied into scratch as a plane of its own, with a border of zero points, so that
 * no tap needs a check and taps lie next to each other. Bytes are unsigned there (x + 128) for the
 * Cortex-M0, which loads only those with an offset. That and the zero point are in the bias. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_PLANE_H
#define EK_DEPTHWISE_CONV_2D_S8_PLANE_H

#include "ek_narrow.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c; /* output_c = input_c * depth_multiplier */
    int32_t kernel_h, kernel_w;
    int32_t depth_multiplier;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w;       /* before the first row and column */
    int32_t plane_h, plane_w;   /* the border included */
    int32_t inside_h, inside_w; /* rows and columns of the input that are in the plane */
    int32_t offset;             /* added to a byte in the plane: 0 or 128 */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t split, exponent, form_words; /* ek_narrow.h */
    const int8_t *weights;               /* [output_c][kernel_h][kernel_w] */
    const int32_t *forms;                /* per channel what a sum begins with, and the form */
} ek_depthwise_conv_2d_s8_plane_params_t;

/* A byte of the plane as a number. */
EK_KERNEL int32_t ek_depthwise_plane_tap(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                         const uint8_t *at)
{
    return p->offset == 0 ? (int8_t)*at : *at;
}

/* A row of one channel of the input into the plane. */
EK_KERNEL void ek_depthwise_plane_row(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                      const int8_t *from, uint8_t *to)
{
    uint32_t offset = (uint32_t)p->offset;
#if defined(__thumb__) && !defined(__thumb2__)
    /* In a register: GCC would make the constant anew for every byte, in two instructions. */
    __asm__("" : "+l"(offset));
#endif
    for (int32_t left = p->inside_w / 4; left > 0; left--) {
        /* Not a loop, which GCC would unroll only by half. */
        to[0] = (uint8_t)((uint8_t)from[0] ^ offset);
        to[1] = (uint8_t)((uint8_t)from[p->input_c] ^ offset);
        to[2] = (uint8_t)((uint8_t)from[2 * p->input_c] ^ offset);
        to[3] = (uint8_t)((uint8_t)from[3 * p->input_c] ^ offset);
        from += 4 * p->input_c;
        to += 4;
    }
    for (int32_t left = p->inside_w % 4; left > 0; left--) {
        *to++ = (uint8_t)((uint8_t)*from ^ offset);
        from += p->input_c;
    }
}

/* One channel of the input into the plane, whose border is there already. */
EK_KERNEL void ek_depthwise_plane_fill(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                       const int8_t *input, uint8_t *plane)
{
    uint8_t *row = plane + p->pad_h * p->plane_w + p->pad_w;
    for (int32_t y = 0; y < p->inside_h; y++) {
        ek_depthwise_plane_row(p, input, row);
        row += p->plane_w;
        input += p->input_w * p->input_c;
    }
}

/* The sum of a 3x3 window at `at`. */
EK_KERNEL int32_t ek_depthwise_plane_sum_3x3(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                             const uint8_t *at, const int32_t *weights, int32_t sum)
{
#pragma GCC unroll 3
    for (int32_t ky = 0; ky < 3; ky++) {
        const uint8_t *const row = at + ky * p->dilation_h * p->plane_w;
#pragma GCC unroll 3
        for (int32_t kx = 0; kx < 3; kx++) {
            sum += ek_depthwise_plane_tap(p, row + kx * p->dilation_w) * weights[ky * 3 + kx];
        }
    }
    return sum;
}

/* The sum of any window at `at`. */
EK_KERNEL int32_t ek_depthwise_plane_sum(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                         const uint8_t *at, const int8_t *weights, int32_t sum)
{
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const uint8_t *tap = at;
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            sum += ek_depthwise_plane_tap(p, tap) * *weights++;
            tap += p->dilation_w;
        }
        at += p->dilation_h * p->plane_w;
    }
    return sum;
}

/* One output channel. */
EK_KERNEL void ek_depthwise_plane_channel(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                          const uint8_t *plane, const int8_t *weights,
                                          const int32_t *form, int8_t *output)
{
    const ek_narrow_t layer = {p->split,      p->exponent,  p->form_words, p->output_zero_point,
                               p->output_min, p->output_max};
    const bool small = p->kernel_h == 3 && p->kernel_w == 3;
    int32_t wide[9];
#pragma GCC unroll 9
    for (int32_t i = 0; i < 9; i++) {
        wide[i] = small ? weights[i] : 0;
    }
    for (int32_t y = 0; y < p->output_h; y++) {
        const uint8_t *at = plane;
        for (int32_t x = 0; x < p->output_w; x++) {
            const int32_t sum = small ? ek_depthwise_plane_sum_3x3(p, at, wide, form[0])
                                      : ek_depthwise_plane_sum(p, at, weights, form[0]);
            *output = ek_narrow(sum, form + 1, &layer);
            output += p->output_c;
            at += p->stride_w;
        }
        plane += p->stride_h * p->plane_w;
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s8_plane(const ek_depthwise_conv_2d_s8_plane_params_t *p,
                                             const int8_t *input, int8_t *output, void *scratch)
{
    uint8_t *const plane = (uint8_t *)scratch;
    for (int32_t i = 0; i < p->plane_h * p->plane_w; i++) {
        plane[i] = (uint8_t)(p->input_zero_point + p->offset);
    }
    for (int32_t b = 0; b < p->batches; b++) {
        const int8_t *weights = p->weights;
        const int32_t *form = p->forms;
        int8_t *to = output;
        for (int32_t c = 0; c < p->input_c; c++) {
            ek_depthwise_plane_fill(p, input + c, plane);
            for (int32_t m = 0; m < p->depth_multiplier; m++) {
                ek_depthwise_plane_channel(p, plane, weights, form, to++);
                weights += p->kernel_h * p->kernel_w;
                form += 1 + p->form_words;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
        output += p->output_h * p->output_w * p->output_c;
    }
}

#endif
