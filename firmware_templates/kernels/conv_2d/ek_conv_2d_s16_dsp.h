/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution of int16 by int8 weights for cores with the DSP extension, one group.
 *
 * The taps of two neighbouring output positions are gathered into scratch once, with 0 in the
 * padding. Two filters then run over them, four weights a word, which SXTB16 widens to two pairs.
 * The sums of products are proven to fit 32 bits; they may wrap around on the way. */
#ifndef EK_CONV_2D_S16_DSP_H
#define EK_CONV_2D_S16_DSP_H

#include "ek_dsp_wide.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t output_min, output_max;
    int32_t words;          /* of four weights, per filter */
    const int32_t *weights; /* per pair of filters words of both in turn; taps 0, 2, 1, 3 */
    const int32_t *forms;   /* per filter; see ek_dsp_wide.h */
    int32_t prescale;
} ek_conv_2d_s16_dsp_params_t;

/* Filter a at positions 0 and 1, filter b at positions 0 and 1. */
typedef struct {
    int32_t a0, a1, b0, b1;
} ek_conv_2d_s16_dsp_sums_t;

/* The sums with the products of four taps; `taps` has those of position 0, then of 1. */
EK_KERNEL ek_conv_2d_s16_dsp_sums_t ek_conv_2d_s16_dsp_four(ek_conv_2d_s16_dsp_sums_t sums,
                                                            const int32_t *taps, int32_t a,
                                                            int32_t b)
{
#if EK_DSP
    int32_t x;
    int32_t y;
    int32_t c;
    int32_t d;
    __asm__("ldrd %[x], %[y], [%[taps]]\n"
            "sxtb16 %[c], %[a]\n"
            "sxtb16 %[a], %[a], ror #8\n"
            "sxtb16 %[d], %[b]\n"
            "sxtb16 %[b], %[b], ror #8\n"
            "smlad %[a0], %[x], %[c], %[a0]\n"
            "smlad %[b0], %[x], %[d], %[b0]\n"
            "smlad %[a0], %[y], %[a], %[a0]\n"
            "smlad %[b0], %[y], %[b], %[b0]\n"
            "ldrd %[x], %[y], [%[taps], #8]\n"
            "smlad %[a1], %[x], %[c], %[a1]\n"
            "smlad %[b1], %[x], %[d], %[b1]\n"
            "smlad %[a1], %[y], %[a], %[a1]\n"
            "smlad %[b1], %[y], %[b], %[b1]\n"
            : [a0] "+r"(sums.a0), [a1] "+r"(sums.a1), [b0] "+r"(sums.b0), [b1] "+r"(sums.b1),
              [a] "+r"(a), [b] "+r"(b), [x] "=&r"(x), [y] "=&r"(y), [c] "=&r"(c), [d] "=&r"(d)
            : [taps] "r"(taps), "m"(*(const int32_t(*)[4])taps));
#else
    for (int32_t half = 0; half < 2; half++) {
        const int32_t u = ek_dsp_low_bytes((int32_t)((uint32_t)a >> (8 * half)));
        const int32_t v = ek_dsp_low_bytes((int32_t)((uint32_t)b >> (8 * half)));
        sums.a0 = ek_dsp_dual(taps[half], u, sums.a0);
        sums.b0 = ek_dsp_dual(taps[half], v, sums.b0);
        sums.a1 = ek_dsp_dual(taps[2 + half], u, sums.a1);
        sums.b1 = ek_dsp_dual(taps[2 + half], v, sums.b1);
    }
#endif
    return sums;
}

/* Gathers the window that begins at (row, column) for one of the two positions. */
EK_KERNEL void ek_conv_2d_s16_dsp_gather(const ek_conv_2d_s16_dsp_params_t *p, const int16_t *input,
                                         int32_t row, int32_t column, uint8_t *taps)
{
    const int32_t run = p->kernel_w * p->input_c;
    const bool inside = p->dilation_w == 1 && column >= 0 && column + p->kernel_w <= p->input_w;
    int32_t tap = 0;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        const bool in_rows = y >= 0 && y < p->input_h;
        if (run % 4 == 0 && inside && in_rows) {
            const int16_t *in = input + (y * p->input_w + column) * p->input_c;
            for (int32_t i = 0; i < run; i += 4) {
                __builtin_memcpy(taps + 4 * (tap + i), in + i, 8);
            }
            tap += run;
            continue;
        }
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            const bool is_in = in_rows && x >= 0 && x < p->input_w;
            const int16_t *in = input + (is_in ? (y * p->input_w + x) * p->input_c : 0);
            for (int32_t c = 0; c < p->input_c; c++) {
                const int16_t value = (int16_t)(is_in ? in[c] : 0);
                __builtin_memcpy(taps + 16 * (tap >> 2) + 2 * (tap & 3), &value, sizeof value);
                tap++;
            }
        }
    }
    for (; tap < p->words * 4; tap++) {
        const int16_t value = 0;
        __builtin_memcpy(taps + 16 * (tap >> 2) + 2 * (tap & 3), &value, sizeof value);
    }
}

EK_KERNEL int16_t ek_conv_2d_s16_dsp_result(const ek_conv_2d_s16_dsp_params_t *p, int32_t sum,
                                            int32_t filter)
{
    return ek_dsp_wide_result(sum, true, p->forms + filter * EK_DSP_WIDE_FORM_WORDS, p->prescale,
                              p->output_min, p->output_max);
}

/* All filters at two positions whose taps are gathered, or at one. */
EK_KERNEL void ek_conv_2d_s16_dsp_block(const ek_conv_2d_s16_dsp_params_t *p, const int32_t *taps,
                                        bool two, int16_t *output)
{
    const int32_t *weights = p->weights;
    for (int32_t f = 0; f < p->output_c; f += 2) {
        ek_conv_2d_s16_dsp_sums_t sums = {0, 0, 0, 0};
        for (int32_t word = 0; word < p->words; word++) {
            sums = ek_conv_2d_s16_dsp_four(sums, taps + word * 4, weights[0], weights[1]);
            weights += 2;
        }
        const bool pair = f + 1 < p->output_c;
        output[f] = ek_conv_2d_s16_dsp_result(p, sums.a0, f);
        if (pair) {
            output[f + 1] = ek_conv_2d_s16_dsp_result(p, sums.b0, f + 1);
        }
        if (two) {
            output[p->output_c + f] = ek_conv_2d_s16_dsp_result(p, sums.a1, f);
        }
        if (two && pair) {
            output[p->output_c + f + 1] = ek_conv_2d_s16_dsp_result(p, sums.b1, f + 1);
        }
    }
}

EK_KERNEL void ek_conv_2d_s16_dsp(const ek_conv_2d_s16_dsp_params_t *p, const int16_t *input,
                                  int16_t *output, void *scratch)
{
    uint8_t *taps = scratch;
    for (int32_t b = 0; b < p->batches; b++) {
        const int32_t positions = p->output_h * p->output_w;
        for (int32_t at = 0; at < positions; at += 2) {
            const bool two = at + 1 < positions;
            for (int32_t k = 0; k < (two ? 2 : 1); k++) {
                const int32_t row = (at + k) / p->output_w;
                const int32_t column = (at + k) % p->output_w;
                ek_conv_2d_s16_dsp_gather(p, input, row * p->stride_h - p->pad_h,
                                          column * p->stride_w - p->pad_w, taps + 8 * k);
            }
            ek_conv_2d_s16_dsp_block(p, scratch, two, output);
            output += (two ? 2 : 1) * p->output_c;
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
