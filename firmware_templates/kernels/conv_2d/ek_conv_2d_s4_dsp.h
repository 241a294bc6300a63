/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution with weights of 4 bits for cores with the DSP extension, one group.
 *
 * The taps of two neighbouring output positions are gathered into scratch once, in 16 bits, with
 * the zero point in the padding. Two filters then run over them, eight weights a word. Weights are
 * stored as weight + 8, so that a shift and a mask unpack two of them: no signs to extend. What
 * that adds, 8 times the sum of the taps, is taken off once per position.
 *
 * The stream has per pair of filters both biases (with the zero point's part), the words of
 * weights of one and the other in turn, and both forms of requantization: ek_dsp_sum.h. */
#ifndef EK_CONV_2D_S4_DSP_H
#define EK_CONV_2D_S4_DSP_H

#include "ek_dsp_sum.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point;
    int32_t output_min, output_max;
    int32_t exponent;      /* of all filters' forms, or 0 where each has its own */
    int32_t words;         /* of eight weights, per filter */
    const int32_t *stream; /* biases, weights and forms, as the block reads them */
} ek_conv_2d_s4_dsp_params_t;

/* Sums come to the forms times 256, as those of packed weights do. */
enum { EK_CONV_2D_S4_PRESCALE = 8 };

/* Filter 0 at position 0 and 1, filter 1 at position 0 and 1. */
typedef struct {
    int32_t a0, a1, b0, b1;
} ek_conv_2d_s4_sums_t;

/* The sums with the products of eight taps; `taps` has pairs, of position 0 and 1 in turn. */
EK_KERNEL ek_conv_2d_s4_sums_t ek_conv_2d_s4_dsp_eight(ek_conv_2d_s4_sums_t sums,
                                                       const int32_t *taps, const int32_t *weights)
{
    const uint32_t mask = 0x000F000FU;
#if EK_DSP
    int32_t x;
    int32_t y;
    uint32_t c;
#define EK_S4_PAIR(offset, shift)                                                                  \
    "ldrd %[x], %[y], [%[taps], #" #offset "]\n"                                                   \
    "and %[c], %[mask], %[a], lsr #" #shift "\n"                                                   \
    "smlad %[a0], %[x], %[c], %[a0]\n"                                                             \
    "smlad %[a1], %[y], %[c], %[a1]\n"                                                             \
    "and %[c], %[mask], %[b], lsr #" #shift "\n"                                                   \
    "smlad %[b0], %[x], %[c], %[b0]\n"                                                             \
    "smlad %[b1], %[y], %[c], %[b1]\n"
    __asm__("ldrd %[x], %[y], [%[taps]]\n"
            "and %[c], %[mask], %[a]\n"
            "smlad %[a0], %[x], %[c], %[a0]\n"
            "smlad %[a1], %[y], %[c], %[a1]\n"
            "and %[c], %[mask], %[b]\n"
            "smlad %[b0], %[x], %[c], %[b0]\n"
            "smlad %[b1], %[y], %[c], %[b1]\n" EK_S4_PAIR(8, 4) EK_S4_PAIR(16, 8) EK_S4_PAIR(24, 12)
            : [a0] "+r"(sums.a0), [a1] "+r"(sums.a1), [b0] "+r"(sums.b0), [b1] "+r"(sums.b1),
              [x] "=&r"(x), [y] "=&r"(y), [c] "=&r"(c)
            : [a] "r"(weights[0]), [b] "r"(weights[1]), [mask] "r"(mask), [taps] "r"(taps),
              "m"(*(const int32_t(*)[8])taps));
#undef EK_S4_PAIR
#else
    for (int32_t pair = 0; pair < 4; pair++) {
        const int32_t a = (int32_t)(((uint32_t)weights[0] >> (4 * pair)) & mask);
        const int32_t b = (int32_t)(((uint32_t)weights[1] >> (4 * pair)) & mask);
        const int32_t *two = taps + 2 * pair;
        sums.a0 = ek_dsp_dual(two[0], a, sums.a0);
        sums.a1 = ek_dsp_dual(two[1], a, sums.a1);
        sums.b0 = ek_dsp_dual(two[0], b, sums.b0);
        sums.b1 = ek_dsp_dual(two[1], b, sums.b1);
    }
#endif
    return sums;
}

/* A tap in its halfword: groups of four are in the order 0, 2, 1, 3, words of two positions in
 * turn. */
EK_KERNEL void ek_conv_2d_s4_dsp_put(int32_t *taps, int32_t tap, int32_t value)
{
    const int32_t at = ((tap >> 2) * 4 + (tap & 1) * 2) * 2 + ((tap >> 1) & 1);
    const int16_t half = (int16_t)value;
    /* Not by a pointer to int16_t: what is read as words must not be written as something else. */
    __builtin_memcpy((uint8_t *)taps + 2 * at, &half, sizeof half);
}

/* Gathers the window that begins at (row, column). */
EK_KERNEL void ek_conv_2d_s4_dsp_gather(const ek_conv_2d_s4_dsp_params_t *p, const int8_t *input,
                                        int32_t row, int32_t column, int32_t *taps)
{
    const int32_t run = p->kernel_w * p->input_c;
    const bool inside = p->dilation_w == 1 && column >= 0 && column + p->kernel_w <= p->input_w;
    int32_t tap = 0;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        const bool in_rows = y >= 0 && y < p->input_h;
        if (run % 4 == 0 && inside && in_rows) {
            const int8_t *in = input + (y * p->input_w + column) * p->input_c;
            for (int32_t i = 0; i < run; i += 4) {
                ek_dsp_widen(in + i, taps + tap + i, taps + tap + i + 2);
            }
            tap += run;
            continue;
        }
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            const bool is_in = in_rows && x >= 0 && x < p->input_w;
            const int8_t *in = input + (is_in ? (y * p->input_w + x) * p->input_c : 0);
            for (int32_t c = 0; c < p->input_c; c++) {
                ek_conv_2d_s4_dsp_put(taps, tap++, is_in ? in[c] : p->input_zero_point);
            }
        }
    }
    for (; tap < p->words * 8; tap++) {
        ek_conv_2d_s4_dsp_put(taps, tap, 0);
    }
}

/* 8 times the sum of one position's taps. */
EK_KERNEL int32_t ek_conv_2d_s4_dsp_extra(const ek_conv_2d_s4_dsp_params_t *p, const int32_t *taps)
{
    const int32_t eights = 0x00080008;
    int32_t sum = 0;
    for (int32_t word = 0; word < p->words * 8; word += 2) {
#if EK_DSP
        __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(taps[word]), "r"(eights));
#else
        sum = ek_dsp_dual(taps[word], eights, sum);
#endif
    }
    return sum;
}

EK_KERNEL int8_t ek_conv_2d_s4_dsp_result(const ek_conv_2d_s4_dsp_params_t *p, int32_t sum,
                                          const int32_t *form)
{
    const int32_t scaled = (int32_t)((uint32_t)sum << EK_CONV_2D_S4_PRESCALE);
    return ek_dsp_requantize(scaled, form, p->exponent, p->output_min, p->output_max);
}

/* All filters at two positions whose taps are gathered, or at one. */
EK_KERNEL void ek_conv_2d_s4_dsp_block(const ek_conv_2d_s4_dsp_params_t *p, const int32_t *taps,
                                       bool two, int8_t *output)
{
    const int32_t form_words = ek_dsp_form_words(p->exponent);
    const int32_t extra0 = ek_conv_2d_s4_dsp_extra(p, taps);
    const int32_t extra1 = two ? ek_conv_2d_s4_dsp_extra(p, taps + 1) : 0;
    const int32_t *stream = p->stream;
    for (int32_t f = 0; f < p->output_c; f += 2) {
        ek_conv_2d_s4_sums_t sums = {stream[0] - extra0, stream[0] - extra1, stream[1] - extra0,
                                     stream[1] - extra1};
        stream += 2;
        for (int32_t word = 0; word < p->words; word++) {
            sums = ek_conv_2d_s4_dsp_eight(sums, taps + word * 8, stream);
            stream += 2;
        }
        const int32_t *other = stream + form_words;
        const bool pair = f + 1 < p->output_c;
        output[f] = ek_conv_2d_s4_dsp_result(p, sums.a0, stream);
        if (pair) {
            output[f + 1] = ek_conv_2d_s4_dsp_result(p, sums.b0, other);
        }
        if (two) {
            output[p->output_c + f] = ek_conv_2d_s4_dsp_result(p, sums.a1, stream);
        }
        if (two && pair) {
            output[p->output_c + f + 1] = ek_conv_2d_s4_dsp_result(p, sums.b1, other);
        }
        stream = other + form_words;
    }
}

EK_KERNEL void ek_conv_2d_s4_dsp(const ek_conv_2d_s4_dsp_params_t *p, const int8_t *input,
                                 int8_t *output, void *scratch)
{
    int32_t *taps = scratch;
    for (int32_t b = 0; b < p->batches; b++) {
        const int32_t positions = p->output_h * p->output_w;
        for (int32_t at = 0; at < positions; at += 2) {
            const bool two = at + 1 < positions;
            for (int32_t k = 0; k < (two ? 2 : 1); k++) {
                const int32_t row = (at + k) / p->output_w;
                const int32_t column = (at + k) % p->output_w;
                ek_conv_2d_s4_dsp_gather(p, input, row * p->stride_h - p->pad_h,
                                         column * p->stride_w - p->pad_w, taps + k);
            }
            ek_conv_2d_s4_dsp_block(p, taps, two, output);
            output += (two ? 2 : 1) * p->output_c;
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
