/* SPDX-License-Identifier: Apache-2.0 */
/* int8 3x3 convolution of stride 1 for cores with the DSP extension: the windows' side of
 * ek_conv_2d_dsp_winograd.h. Outputs are even in height, a multiple of 4 in width. */
#ifndef EK_CONV_2D_S8_DSP_WINOGRAD_H
#define EK_CONV_2D_S8_DSP_WINOGRAD_H

#include "ek_conv_2d_dsp_winograd.h"

typedef ek_conv_2d_dsp_winograd_params_t ek_conv_2d_s8_dsp_winograd_params_t;

static inline int32_t ek_winograd_add(int32_t a, int32_t b)
{
#if EK_DSP
    int32_t sum;
    __asm__("sadd16 %0, %1, %2" : "=r"(sum) : "r"(a), "r"(b));
    return sum;
#else
    const uint32_t high = ((uint32_t)a & 0xFFFF0000U) + ((uint32_t)b & 0xFFFF0000U);
    return (int32_t)(high | (((uint32_t)a + (uint32_t)b) & 0xFFFFU));
#endif
}

static inline int32_t ek_winograd_subtract(int32_t a, int32_t b)
{
#if EK_DSP
    int32_t difference;
    __asm__("ssub16 %0, %1, %2" : "=r"(difference) : "r"(a), "r"(b));
    return difference;
#else
    const uint32_t high = ((uint32_t)a & 0xFFFF0000U) - ((uint32_t)b & 0xFFFF0000U);
    return (int32_t)(high | (((uint32_t)a - (uint32_t)b) & 0xFFFFU));
#endif
}

/* The transform of four values, `step` apart, each two channels in halves. */
EK_KERNEL void ek_winograd_line(const int32_t *from, int32_t step, int32_t *to, int32_t to_step)
{
    const int32_t a = from[0];
    const int32_t b = from[step];
    const int32_t c = from[2 * step];
    const int32_t d = from[3 * step];
    to[0] = ek_winograd_subtract(a, c);
    to[to_step] = ek_winograd_add(b, c);
    to[2 * to_step] = ek_winograd_subtract(c, b);
    to[3 * to_step] = ek_winograd_subtract(b, d);
}

/* A tile's window of 4x4 positions, all channels, transformed: columns first, then rows. */
EK_KERNEL void ek_winograd_window(const ek_conv_2d_dsp_winograd_params_t *p, const int8_t *window,
                                  int32_t row_bytes, int32_t *taps)
{
    for (int32_t channel = 0; channel < p->input_c; channel += 4) {
        int32_t even[16];
        int32_t odd[16];
#pragma GCC unroll 4
        for (int32_t x = 0; x < 4; x++) {
            int32_t column_even[4];
            int32_t column_odd[4];
#pragma GCC unroll 4
            for (int32_t y = 0; y < 4; y++) {
                ek_dsp_widen(window + y * row_bytes + x * p->input_c, &column_even[y],
                             &column_odd[y]);
            }
            ek_winograd_line(column_even, 1, even + x, 4);
            ek_winograd_line(column_odd, 1, odd + x, 4);
        }
#pragma GCC unroll 4
        for (int32_t y = 0; y < 4; y++) {
            ek_winograd_line(even + 4 * y, 1, taps + 4 * y * p->input_c, p->input_c);
            ek_winograd_line(odd + 4 * y, 1, taps + 4 * y * p->input_c + 1, p->input_c);
        }
        window += 4;
        taps += 4;
    }
}

/* The window at (y, x), in `staged` with the zero point where it is outside of the input. */
EK_KERNEL void ek_winograd_stage(const ek_conv_2d_dsp_winograd_params_t *p, const int8_t *image,
                                 int32_t y, int32_t x, int8_t *staged)
{
    const int32_t fill = (int32_t)(0x01010101U * (uint32_t)(uint8_t)p->input_zero_point);
    for (int32_t i = 0; i < 16; i++) {
        const int32_t row = y + i / 4;
        const int32_t column = x + i % 4;
        const bool inside = row >= 0 && row < p->input_h && column >= 0 && column < p->input_w;
        const int8_t *from = image + (inside ? (row * p->input_w + column) * p->input_c : 0);
        for (int32_t c = 0; c < p->input_c; c += 4) {
            __builtin_memcpy(staged, inside ? (const void *)(from + c) : (const void *)&fill, 4);
            staged += 4;
        }
    }
}

EK_KERNEL void ek_conv_2d_s8_dsp_winograd(const ek_conv_2d_s8_dsp_winograd_params_t *p,
                                          const int8_t *input, int8_t *output, void *scratch)
{
    int32_t *const taps = (int32_t *)scratch;
    int8_t *const staged = (int8_t *)(taps + ek_conv_2d_dsp_winograd_words(p));
    for (int32_t row = 0; row < p->batches * p->output_h; row += 2) {
        const int32_t y = row % p->output_h - p->pad_h;
        const int8_t *image = input + row / p->output_h * p->input_h * p->input_w * p->input_c;
        for (int32_t x = -p->pad_w; x < p->output_w - p->pad_w; x += 4) {
            for (int32_t tile = 0; tile < 2; tile++) {
                const int32_t left = x + 2 * tile;
                const bool inside =
                    y >= 0 && y + 4 <= p->input_h && left >= 0 && left + 4 <= p->input_w;
                const int8_t *window = staged;
                int32_t row_bytes = 4 * p->input_c;
                if (inside) {
                    window = image + (y * p->input_w + left) * p->input_c;
                    row_bytes = p->input_w * p->input_c;
                } else {
                    ek_winograd_stage(p, image, y, left, staged);
                }
                ek_winograd_window(p, window, row_bytes, taps + 2 * tile);
            }
            ek_conv_2d_dsp_winograd_block(p, taps, output);
            output += 4 * p->output_c;
        }
        output += p->output_w * p->output_c;
    }
}

#endif
