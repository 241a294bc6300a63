/* SPDX-License-Identifier: Apache-2.0 */
/* Depthwise convolution of int16 by int8 weights for cores with the DSP extension, depth multiplier
 * 1, at least four channels: four of them at a time, each word of inputs times one of weights as
 * two products.
 *
 * A list in scratch says where the taps of a position are; those outside of the input are a pixel
 * of zeros behind the list. While a row's windows are inside, only the input's begin moves. The
 * last four channels may have some in common with those in front of them, which are computed twice.
 * The sums of products are proven to fit 32 bits. */
#ifndef EK_DEPTHWISE_CONV_2D_S16_DSP_H
#define EK_DEPTHWISE_CONV_2D_S16_DSP_H

#include "ek_dsp_wide.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c; /* output_c = input_c */
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t output_min, output_max;
    int32_t prescale;
    int32_t unroll, loops; /* taps in machine code, and how often; what is over has no weights */
    const int32_t *stream; /* per four channels: per tap two words of int16, then their forms */
} ek_depthwise_conv_2d_s16_dsp_params_t;

typedef struct {
    int32_t a, b, c, d;
} ek_depthwise_conv_2d_s16_dsp_sums_t;

/* The sums with the products of `unroll` taps of four channels; `taps` are bytes from `input`,
 * which may be at any halfword: LDR reads there, LDRD does not. */
EK_KERNEL ek_depthwise_conv_2d_s16_dsp_sums_t
ek_depthwise_conv_2d_s16_dsp_taps(ek_depthwise_conv_2d_s16_dsp_sums_t sums, const uint8_t *input,
                                  const int32_t *taps, const int32_t **stream, int32_t unroll)
{
#if EK_DSP
    int32_t tap;
    int32_t x;
    int32_t y;
    int32_t v;
    int32_t w;
    __asm__(".rept %c[unroll]\n"
            "ldr %[tap], [%[taps]], #4\n"
            "ldr %[x], [%[first], %[tap]]\n"
            "ldr %[y], [%[second], %[tap]]\n"
            "ldrd %[v], %[w], [%[weights]], #8\n"
            "smlabb %[a], %[x], %[v], %[a]\n"
            "smlatt %[b], %[x], %[v], %[b]\n"
            "smlabb %[c], %[y], %[w], %[c]\n"
            "smlatt %[d], %[y], %[w], %[d]\n"
            ".endr\n"
            : [a] "+r"(sums.a), [b] "+r"(sums.b), [c] "+r"(sums.c), [d] "+r"(sums.d),
              [taps] "+r"(taps), [weights] "+r"(*stream), [tap] "=&r"(tap), [x] "=&r"(x),
              [y] "=&r"(y), [v] "=&r"(v), [w] "=&r"(w)
            : [first] "r"(input), [second] "r"(input + 4), [unroll] "i"(unroll)
            : "memory");
#else
    int32_t *const each[] = {&sums.a, &sums.b, &sums.c, &sums.d};
    for (int32_t tap = 0; tap < unroll; tap++) {
        int16_t values[4];
        int16_t factors[4];
        __builtin_memcpy(values, input + taps[tap], sizeof values);
        __builtin_memcpy(factors, *stream, sizeof factors);
        *stream += 2;
        for (int32_t i = 0; i < 4; i++) {
            *each[i] += values[i] * factors[i];
        }
    }
#endif
    return sums;
}

EK_KERNEL int16_t ek_depthwise_conv_2d_s16_dsp_result(
    const ek_depthwise_conv_2d_s16_dsp_params_t *p, int32_t sum, const int32_t *form)
{
    return ek_dsp_wide_result(sum, true, form, p->prescale, p->output_min, p->output_max);
}

/* One output position; `input` is where the list's offsets begin. */
EK_KERNEL void ek_depthwise_conv_2d_s16_dsp_pixel(const ek_depthwise_conv_2d_s16_dsp_params_t *p,
                                                  const int16_t *input, const int32_t *taps,
                                                  int16_t *output)
{
    const int32_t *stream = p->stream;
    for (int32_t begin = 0; begin < p->input_c; begin += 4) {
        const int32_t c = begin + 4 > p->input_c ? p->input_c - 4 : begin;
        ek_depthwise_conv_2d_s16_dsp_sums_t sums = {0, 0, 0, 0};
        for (int32_t loop = 0; loop < p->loops; loop++) {
            sums = ek_depthwise_conv_2d_s16_dsp_taps(sums, (const uint8_t *)(input + c),
                                                     taps + loop * p->unroll, &stream, p->unroll);
        }
        output[c] = ek_depthwise_conv_2d_s16_dsp_result(p, sums.a, stream);
        stream += EK_DSP_WIDE_FORM_WORDS;
        output[c + 1] = ek_depthwise_conv_2d_s16_dsp_result(p, sums.b, stream);
        stream += EK_DSP_WIDE_FORM_WORDS;
        output[c + 2] = ek_depthwise_conv_2d_s16_dsp_result(p, sums.c, stream);
        stream += EK_DSP_WIDE_FORM_WORDS;
        output[c + 3] = ek_depthwise_conv_2d_s16_dsp_result(p, sums.d, stream);
        stream += EK_DSP_WIDE_FORM_WORDS;
    }
}

/* Lists the taps of the window that begins at (row, column), as bytes from `input`. */
EK_KERNEL void ek_depthwise_conv_2d_s16_dsp_list(const ek_depthwise_conv_2d_s16_dsp_params_t *p,
                                                 int32_t row, int32_t column, int32_t zeros,
                                                 int32_t *taps)
{
    const int32_t pixel = p->input_c * (int32_t)sizeof(int16_t);
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            const bool is_in = y >= 0 && y < p->input_h && x >= 0 && x < p->input_w;
            taps[ky * p->kernel_w + kx] = is_in ? (y * p->input_w + x) * pixel : zeros;
        }
    }
    for (int32_t i = p->kernel_h * p->kernel_w; i < p->unroll * p->loops; i++) {
        taps[i] = taps[i - 1];
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s16_dsp(const ek_depthwise_conv_2d_s16_dsp_params_t *p,
                                            const int16_t *input, int16_t *output, void *scratch)
{
    int32_t *taps = scratch;
    int32_t *zero_pixel = taps + p->unroll * p->loops;
    __builtin_memset(zero_pixel, 0, (size_t)p->input_c * sizeof *input);
    const int32_t reach_h = (p->kernel_h - 1) * p->dilation_h;
    const int32_t reach_w = (p->kernel_w - 1) * p->dilation_w;
    for (int32_t b = 0; b < p->batches; b++) {
        /* Both lie in the arena. */
        const int32_t zeros = (int32_t)((const uint8_t *)zero_pixel - (const uint8_t *)input);
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const int32_t row = oy * p->stride_h - p->pad_h;
            const bool rows_inside = row >= 0 && row + reach_h < p->input_h;
            int32_t moved = -1; /* pixels since the list was made; -1: it has zeros */
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t column = ox * p->stride_w - p->pad_w;
                const bool inside = rows_inside && column >= 0 && column + reach_w < p->input_w;
                moved = inside && moved >= 0 ? moved + p->stride_w : -1;
                if (moved < 0) {
                    ek_depthwise_conv_2d_s16_dsp_list(p, row, column, zeros, taps);
                    moved = inside ? 0 : -1;
                }
                const int32_t from = moved > 0 ? moved * p->input_c : 0;
                ek_depthwise_conv_2d_s16_dsp_pixel(p, input + from, taps, output);
                output += p->input_c;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
