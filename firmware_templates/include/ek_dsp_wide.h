/* SPDX-License-Identifier: Apache-2.0 */
/* What the weighted sums of int16 by int8 weights for cores with the DSP extension share: how a
 * sum of products becomes an output.
 *
 * It is ek_requantize_wide(bias + sum, multiplier, shift) with all that does not depend on the sum
 * computed beforehand: bias and rounding are one addend, and all is scaled so that the result lies
 * above the lower 32 bits. A channel's form is four words,
 *
 *     addend (its lower word, its upper word), multiplier, exponent
 *
 * which edgekit/kernels/_wide_sums.py makes, and proves to stay within 64 bits. */
#ifndef EK_DSP_WIDE_H
#define EK_DSP_WIDE_H

#include "ek_dsp_sum.h"

#define EK_DSP_WIDE_FORM_WORDS 4

#if EK_DSP
/* A sum of products of 32 bits, with the form's addend, scaled and saturated to 16 bits. */
EK_KERNEL int32_t ek_dsp_wide_scaled(int32_t sum, const int32_t *form)
{
    int32_t low;
    int32_t high;
    int32_t multiplier;
    int32_t exponent;
    __asm__("ldrd %[low], %[high], [%[form]]\n"
            "ldrd %[multiplier], %[exponent], [%[form], #8]\n"
            "smlal %[low], %[high], %[sum], %[multiplier]\n"
            "asr %[high], %[high], %[exponent]\n"
            "ssat %[high], #16, %[high]\n"
            : [low] "=&r"(low), [high] "=&r"(high), [multiplier] "=&r"(multiplier),
              [exponent] "=&r"(exponent)
            : [sum] "r"(sum), [form] "r"(form),
              "m"(*(const int32_t(*)[EK_DSP_WIDE_FORM_WORDS])form));
    if (high < INT16_MIN || high > INT16_MAX) {
        __builtin_unreachable(); /* so that the compiler clamps to a narrower range alone */
    }
    return high;
}
#endif

/* The output of a sum of products; `fits` says that the sum is of 32 bits, 2^prescale is the
 * layer's part of the scale. */
EK_KERNEL int16_t ek_dsp_wide_result(int64_t sum, bool fits, const int32_t *form, int32_t prescale,
                                     int32_t low, int32_t high)
{
#if EK_DSP
    if (fits && prescale == 0) {
        return (int16_t)ek_clamp(ek_dsp_wide_scaled((int32_t)sum, form), low, high);
    }
#endif
    (void)fits;
    const uint64_t addend = (uint64_t)(uint32_t)form[1] << 32 | (uint32_t)form[0];
    const int64_t scaled = (int64_t)addend + sum * (1 << prescale) * form[2];
    return (int16_t)ek_clamp((int32_t)(scaled >> 32) >> form[3], low, high);
}

#endif
