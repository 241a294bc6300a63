/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution with weights of 4 bits for cores with the DSP extension, one group.
 *
 * The taps of two neighbouring output positions are gathered into scratch once, in 16 bits and
 * less the zero point, 0 in the padding. Two filters then run over them, eight weights a word.
 * Weights are stored as weight + 8, so that a shift and a mask unpack two of them: no signs to
 * extend. What that adds, 8 times the sum of the taps, is taken off once per position. */
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
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t words;              /* of eight weights, per filter */
    const uint32_t *weights;    /* [output_c / 2, rounded up][words][2 filters] */
    const int32_t *bias;        /* [output_c] */
    const int32_t *multipliers; /* [output_c], or one for all */
    const int8_t *shifts;       /* as multipliers */
    int32_t multiplier_step;    /* 1, or 0 where there is one multiplier for all */
} ek_conv_2d_s4_dsp_params_t;

/* Sums of two filters at two positions: filter 0 at 0 and 1, filter 1 at 0 and 1. */
typedef struct {
    int32_t at[4];
} ek_conv_2d_s4_sums_t;

/* Adds the products of eight taps; `taps` has pairs, of position 0 and 1 in turn. */
EK_KERNEL void ek_conv_2d_s4_dsp_eight(ek_conv_2d_s4_sums_t *sums, const int32_t *taps,
                                       const uint32_t *weights)
{
    const uint32_t mask = 0x000F000FU;
#if EK_DSP
    uint32_t a = weights[0];
    uint32_t b = weights[1];
    int32_t x;
    int32_t y;
    uint32_t c;
#define EK_S4_PAIR(offset, shift)                                                                  \
    "ldrd %[x], %[y], [%[taps], #" #offset "]\n"                                                   \
    "and %[c], %[mask], %[a], lsr #" #shift "\n"                                                   \
    "smlad %[s0], %[x], %[c], %[s0]\n"                                                             \
    "smlad %[s1], %[y], %[c], %[s1]\n"                                                             \
    "and %[c], %[mask], %[b], lsr #" #shift "\n"                                                   \
    "smlad %[s2], %[x], %[c], %[s2]\n"                                                             \
    "smlad %[s3], %[y], %[c], %[s3]\n"
    __asm__("ldrd %[x], %[y], [%[taps]]\n"
            "and %[c], %[mask], %[a]\n"
            "smlad %[s0], %[x], %[c], %[s0]\n"
            "smlad %[s1], %[y], %[c], %[s1]\n"
            "and %[c], %[mask], %[b]\n"
            "smlad %[s2], %[x], %[c], %[s2]\n"
            "smlad %[s3], %[y], %[c], %[s3]\n" EK_S4_PAIR(8, 4) EK_S4_PAIR(16, 8) EK_S4_PAIR(24, 12)
            : [s0] "+r"(sums->at[0]), [s1] "+r"(sums->at[1]), [s2] "+r"(sums->at[2]),
              [s3] "+r"(sums->at[3]), [x] "=&r"(x), [y] "=&r"(y), [c] "=&r"(c)
            : [a] "r"(a), [b] "r"(b), [mask] "r"(mask), [taps] "r"(taps),
              "m"(*(const int32_t(*)[8])taps));
#undef EK_S4_PAIR
#else
    for (int32_t filter = 0; filter < 2; filter++) {
        for (int32_t pair = 0; pair < 4; pair++) {
            const int32_t two = (int32_t)((weights[filter] >> (4 * pair)) & mask);
            for (int32_t k = 0; k < 2; k++) {
                int32_t *sum = &sums->at[filter * 2 + k];
                *sum = ek_dsp_dual(taps[pair * 2 + k], two, *sum);
            }
        }
    }
#endif
}

/* Gathers the window that begins at (row, column) into every fourth halfword pair; returns 8
 * times the sum of its taps. */
EK_KERNEL int32_t ek_conv_2d_s4_dsp_gather(const ek_conv_2d_s4_dsp_params_t *p, const int8_t *input,
                                           int32_t row, int32_t column, int16_t *taps)
{
    int32_t sum = 0;
    int32_t tap = 0;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = row + ky * p->dilation_h;
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t x = column + kx * p->dilation_w;
            const bool inside = y >= 0 && y < p->input_h && x >= 0 && x < p->input_w;
            const int8_t *in = input + (inside ? (y * p->input_w + x) * p->input_c : 0);
            for (int32_t c = 0; c < p->input_c; c++) {
                const int32_t value = inside ? in[c] - p->input_zero_point : 0;
                taps[(tap & ~1) * 2 + (tap & 1)] = (int16_t)value;
                sum += value;
                tap++;
            }
        }
    }
    for (; tap < p->words * 8; tap++) {
        taps[(tap & ~1) * 2 + (tap & 1)] = 0;
    }
    return sum * 8;
}

EK_KERNEL int8_t ek_conv_2d_s4_dsp_result(const ek_conv_2d_s4_dsp_params_t *p, int32_t filter,
                                          int32_t sum)
{
    const int32_t m = filter * p->multiplier_step;
    return ek_requantize_clamped(sum, p->multipliers[m], p->shifts[m], p->output_zero_point,
                                 p->output_min, p->output_max);
}

/* All filters at `count` (1 or 2) positions whose taps are gathered; `extra` is what each
 * position's sums have too much. */
EK_KERNEL void ek_conv_2d_s4_dsp_block(const ek_conv_2d_s4_dsp_params_t *p, const int32_t *taps,
                                       const int32_t *extra, int32_t count, int8_t *output)
{
    const uint32_t *weights = p->weights;
    for (int32_t f = 0; f < p->output_c; f += 2) {
        ek_conv_2d_s4_sums_t sums = {{0, 0, 0, 0}};
        for (int32_t word = 0; word < p->words; word++) {
            ek_conv_2d_s4_dsp_eight(&sums, taps + word * 8, weights);
            weights += 2;
        }
        for (int32_t k = 0; k < count; k++) {
            int8_t *to = output + k * p->output_c + f;
            to[0] = ek_conv_2d_s4_dsp_result(p, f, p->bias[f] + sums.at[k] - extra[k]);
            if (f + 1 < p->output_c) {
                to[1] =
                    ek_conv_2d_s4_dsp_result(p, f + 1, p->bias[f + 1] + sums.at[2 + k] - extra[k]);
            }
        }
    }
}

EK_KERNEL void ek_conv_2d_s4_dsp(const ek_conv_2d_s4_dsp_params_t *p, const int8_t *input,
                                 int8_t *output, void *scratch)
{
    int32_t *taps = scratch;
    for (int32_t b = 0; b < p->batches; b++) {
        const int32_t positions = p->output_h * p->output_w;
        for (int32_t at = 0; at < positions; at += 2) {
            const int32_t count = positions - at < 2 ? 1 : 2;
            int32_t extra[2] = {0, 0};
            for (int32_t k = 0; k < count; k++) {
                const int32_t row = (at + k) / p->output_w;
                const int32_t column = (at + k) % p->output_w;
                extra[k] = ek_conv_2d_s4_dsp_gather(p, input, row * p->stride_h - p->pad_h,
                                                    column * p->stride_w - p->pad_w,
                                                    (int16_t *)scratch + 2 * k);
            }
            ek_conv_2d_s4_dsp_block(p, taps, extra, count, output);
            output += count * p->output_c;
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}

#endif
