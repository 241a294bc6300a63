/* SPDX-License-Identifier: Apache-2.0 */
/* What the weighted sums for cores with the DSP extension share: widening and requantization.
 *
 * Activations are widened from 8 to 16 bits once per block, into scratch, in groups of four
 * elements: SXTB16 gives the pairs (0, 2) and (1, 3), and weights are packed in that order, too.
 *
 * Every block of assembler has a twin in C: it is the specification, and what a PC runs. Sums may
 * wrap around on the way; what comes out is exact modulo 2^32, and the result fits.
 *
 * An accumulator becomes int8 in one of two forms, proven equal to the reference when the code is
 * generated (edgekit/kernels/_certify.py). The stream holds per channel
 *
 *     multiplier, addend                     y = SSAT8((high(acc, multiplier) + addend) >> E)
 *     multiplier, addend, step, exponent     the same with `addend + step` for acc < 0
 *
 * the latter where the layer's exponent E is given as 0. */
#ifndef EK_DSP_SUM_H
#define EK_DSP_SUM_H

#include "ek_quant.h"

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define EK_DSP 1
#else
#define EK_DSP 0
#endif

#if EK_DSP

/* int8 in register x, clamped to the activation's range where that is narrower. */
#define EK_DSP_CLAMP(x)                                                                            \
    ".if %c[low] > -128\n cmp " #x ", #%c[low]\n it lt\n movlt " #x ", #%c[low]\n .endif\n"        \
    ".if %c[high] < 127\n cmp " #x ", #%c[high]\n it gt\n movgt " #x ", #%c[high]\n .endif\n"

/* Accumulator to int8 with the layer's exponent. */
#define EK_DSP_LINEAR(x, multiplier, addend)                                                       \
    "smmla " #x ", " #x ", " #multiplier ", " #addend "\n"                                         \
    "ssat " #x ", #8, " #x ", asr #%c[exponent]\n" EK_DSP_CLAMP(x)

/* Accumulator to int8 with r2-r5 = multiplier, addend, step, exponent; r6 is changed. */
#define EK_DSP_GENERAL(x)                                                                          \
    "and r6, r4, " #x ", asr #31\n"                                                                \
    "add r6, r6, r3\n"                                                                             \
    "smmla " #x ", " #x ", r2, r6\n"                                                               \
    "asr " #x ", " #x ", r5\n"                                                                     \
    "ssat " #x ", #8, " #x "\n" EK_DSP_CLAMP(x)

#endif

/* The two products of 16-bit halves, added. */
static inline int32_t ek_dsp_dual(int32_t a, int32_t b, int32_t sum)
{
    const int32_t low = (int16_t)(uint16_t)(uint32_t)a * (int16_t)(uint16_t)(uint32_t)b;
    const int32_t high = (a >> 16) * (b >> 16);
    return (int32_t)((uint32_t)sum + (uint32_t)low + (uint32_t)high);
}

/* The low bytes of both halves, as 16-bit halves. */
static inline int32_t ek_dsp_low_bytes(int32_t x)
{
    const uint32_t low = (uint32_t)(uint16_t)(int8_t)(uint8_t)(uint32_t)x;
    const uint32_t high = (uint32_t)(uint16_t)(int8_t)(uint8_t)((uint32_t)x >> 16);
    return (int32_t)(low | high << 16);
}

/* Words of one channel's form in the stream. */
static inline int32_t ek_dsp_form_words(int32_t exponent)
{
    return exponent == 0 ? 4 : 2;
}

/* An accumulator as int8 by the form at `form`. */
static inline int8_t ek_dsp_requantize(int32_t sum, const int32_t *form, int32_t exponent,
                                       int32_t low, int32_t high)
{
    const bool common = exponent != 0;
    const int32_t product = (int32_t)(((int64_t)sum * form[0]) >> 32);
    const int32_t step = common || sum >= 0 ? 0 : form[2];
    const uint32_t moved = (uint32_t)product + (uint32_t)form[1] + (uint32_t)step;
    const int32_t scaled = (int32_t)moved >> (common ? exponent : form[3]);
    return (int8_t)ek_clamp(ek_clamp(scaled, INT8_MIN, INT8_MAX), low, high);
}

/* Four elements as two words: elements 0 and 2, elements 1 and 3. */
static inline void ek_dsp_widen(const int8_t *from, int32_t *even, int32_t *odd)
{
#if EK_DSP
    int32_t word;
    int32_t low;
    int32_t high;
    __builtin_memcpy(&word, from, sizeof word);
    __asm__("sxtb16 %0, %1" : "=r"(low) : "r"(word));
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(high) : "r"(word));
    *even = low;
    *odd = high;
#else
    /* Read before anything is written: they may lie in what is written. */
    const uint32_t low = (uint32_t)(uint16_t)from[0] | (uint32_t)(uint16_t)from[2] << 16;
    const uint32_t high = (uint32_t)(uint16_t)from[1] | (uint32_t)(uint16_t)from[3] << 16;
    *even = (int32_t)low;
    *odd = (int32_t)high;
#endif
}

#endif
