/* SPDX-License-Identifier: Apache-2.0 */
/* Fully connected layer of int16 by int8 weights for cores with the DSP extension: four units at a
 * time, four weights a word, which SXTB16 widens to two pairs.
 *
 * Sums run in 32 bits for as many words as are proven to fit, and are then added up in 64. */
#ifndef EK_FULLY_CONNECTED_S16_DSP_H
#define EK_FULLY_CONNECTED_S16_DSP_H

#include "ek_dsp_wide.h"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t output_min, output_max;
    int32_t run;            /* words of four weights whose sum of products fits 32 bits */
    const int32_t *weights; /* per four units words of each in turn; taps 0, 2, 1, 3 */
    const int32_t *forms;   /* per unit; see ek_dsp_wide.h */
    int32_t prescale;
} ek_fully_connected_s16_dsp_params_t;

typedef struct {
    int32_t a, b, c, d;
} ek_fully_connected_s16_dsp_sums_t;

#if EK_DSP
/* Four taps, in x and y, of one unit. */
#define EK_FULLY_CONNECTED_S16_UNIT(weights, sum)                                                  \
    "sxtb16 %[w], " weights "\n"                                                                   \
    "smlad " sum ", %[x], %[w], " sum "\n"                                                         \
    "sxtb16 %[w], " weights ", ror #8\n"                                                           \
    "smlad " sum ", %[y], %[w], " sum "\n"
#endif

/* The sums with the products of four taps, at any halfword: LDR reads there, LDRD does not. */
EK_KERNEL ek_fully_connected_s16_dsp_sums_t ek_fully_connected_s16_dsp_four(
    ek_fully_connected_s16_dsp_sums_t sums, const int16_t *taps, const int32_t *weights)
{
#if EK_DSP
    int32_t x;
    int32_t y;
    int32_t u;
    int32_t v;
    int32_t w;
    __asm__(
        "ldr %[x], [%[taps]]\n"
        "ldr %[y], [%[taps], #4]\n"
        "ldrd %[u], %[v], [%[weights]]\n" EK_FULLY_CONNECTED_S16_UNIT("%[u]", "%[a]")
            EK_FULLY_CONNECTED_S16_UNIT(
                "%[v]",
                "%[b]") "ldrd %[u], %[v], [%[weights], #8]\n" EK_FULLY_CONNECTED_S16_UNIT("%[u]",
                                                                                          "%[c]")
                EK_FULLY_CONNECTED_S16_UNIT("%[v]", "%[d]")
        : [a] "+r"(sums.a), [b] "+r"(sums.b), [c] "+r"(sums.c), [d] "+r"(sums.d), [x] "=&r"(x),
          [y] "=&r"(y), [u] "=&r"(u), [v] "=&r"(v), [w] "=&r"(w)
        : [taps] "r"(taps), [weights] "r"(weights), "m"(*(const int16_t(*)[4])taps),
          "m"(*(const int32_t(*)[4])weights));
#else
    int32_t *const each[] = {&sums.a, &sums.b, &sums.c, &sums.d};
    int32_t pairs[2];
    __builtin_memcpy(pairs, taps, sizeof pairs);
    for (int32_t unit = 0; unit < 4; unit++) {
        const int32_t even = ek_dsp_low_bytes(weights[unit]);
        const int32_t odd = ek_dsp_low_bytes((int32_t)((uint32_t)weights[unit] >> 8));
        *each[unit] = ek_dsp_dual(pairs[1], odd, ek_dsp_dual(pairs[0], even, *each[unit]));
    }
#endif
    return sums;
}

/* Four units of a row; those behind the last one have weights of 0 and no output. */
EK_KERNEL void ek_fully_connected_s16_dsp_block(const ek_fully_connected_s16_dsp_params_t *p,
                                                const int16_t *input, const int32_t *weights,
                                                int32_t unit, int16_t *output)
{
    int64_t totals[4] = {0, 0, 0, 0};
    const int32_t whole = p->depth / 4;
    const int32_t rest = p->depth % 4;
    for (int32_t begin = 0; begin < whole + (rest > 0 ? 1 : 0); begin += p->run) {
        ek_fully_connected_s16_dsp_sums_t sums = {0, 0, 0, 0};
        const int32_t end = begin + p->run;
        for (int32_t word = begin; word < (end < whole ? end : whole); word++) {
            sums = ek_fully_connected_s16_dsp_four(sums, input + 4 * word, weights);
            weights += 4;
        }
        if (rest > 0 && end > whole) {
            int16_t last[4] = {0, 0, 0, 0};
            __builtin_memcpy(last, input + 4 * whole, (size_t)rest * sizeof *last);
            sums = ek_fully_connected_s16_dsp_four(sums, last, weights);
        }
        totals[0] += sums.a;
        totals[1] += sums.b;
        totals[2] += sums.c;
        totals[3] += sums.d;
    }
    for (int32_t i = 0; i < 4 && unit + i < p->units; i++) {
        const int32_t *form = p->forms + (unit + i) * EK_DSP_WIDE_FORM_WORDS;
        output[unit + i] = ek_dsp_wide_result(totals[i], p->run * 4 >= p->depth, form, p->prescale,
                                              p->output_min, p->output_max);
    }
}

EK_KERNEL void ek_fully_connected_s16_dsp(const ek_fully_connected_s16_dsp_params_t *p,
                                          const int16_t *input, int16_t *output)
{
    const int32_t words = (p->depth + 3) / 4;
    for (int32_t row = 0; row < p->rows; row++) {
        for (int32_t unit = 0; unit < p->units; unit += 4) {
            ek_fully_connected_s16_dsp_block(p, input, p->weights + unit * words, unit, output);
        }
        input += p->depth;
        output += p->units;
    }
}

#endif
