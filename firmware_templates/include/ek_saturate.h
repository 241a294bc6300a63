/* SPDX-License-Identifier: Apache-2.0 */
/* Shift and saturate, which many Arm cores do in one instruction. */
#ifndef EK_SATURATE_H
#define EK_SATURATE_H

#include "ek_quant.h"

/* x >> exponent, clamped to [low, high] within int8; exponent and bounds must be literals. */
EK_KERNEL int8_t ek_shift_clamped(int32_t x, int32_t exponent, int32_t low, int32_t high)
{
#if defined(__ARM_FEATURE_SAT) && defined(__thumb2__)
    if (low == INT8_MIN && high == INT8_MAX && exponent >= 1 && exponent <= 31) {
        int32_t y;
        __asm__("ssat %0, #8, %1, asr %2" : "=r"(y) : "r"(x), "i"(exponent));
        return (int8_t)y;
    }
#endif
    return (int8_t)ek_clamp(x >> exponent, low, high);
}

#endif
