/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernels for cores with the M-profile vector extension (MVE) share.
 *
 * Weighted sums are exact modulo 2^32 with any order of additions, and they fit. Requantization
 * is the reference's own: VQRDMULH is the doubling high multiplication that rounds; VRSHL rounds
 * ties upward where the reference rounds them away from zero, which differs for negative numbers
 * only. So the mode says what is needed beside the two:
 *
 *     EK_MVE_RELU      nothing: whatever is negative is clamped to the zero point
 *     EK_MVE_SIGNED    1 is subtracted from negative numbers before VRSHL; it shifts by 1 or more
 *     EK_MVE_GENERAL   some channels are shifted to the left, or not at all
 *
 * The form of channels, in words: biases, multipliers, shifts (as VRSHL takes them, 0 or
 * negative), and for EK_MVE_GENERAL shifts to the left, then 1 where negative numbers lose 1. */
#ifndef EK_MVE_H
#define EK_MVE_H

#include "ek_quant.h"

#if defined(__ARM_FEATURE_MVE) && defined(__thumb2__)
#define EK_MVE 1
#include <arm_mve.h>
#else
#define EK_MVE 0
#endif

enum { EK_MVE_RELU = 0, EK_MVE_SIGNED = 1, EK_MVE_GENERAL = 2 };

/* Bytes that one vector holds. */
enum { EK_MVE_BYTES = 16 };

static inline int32_t ek_mve_form_words(int32_t mode)
{
    return mode == EK_MVE_GENERAL ? 5 : 3;
}

/* One sum, without its bias, as int8; `form` is that of `channels` channels, of which it is
 * number `channel`. */
static inline int8_t ek_mve_requantize(int32_t sum, const int32_t *form, int32_t channels,
                                       int32_t channel, int32_t mode, int32_t zero_point,
                                       int32_t low, int32_t high)
{
    const int32_t *own = form + channel;
    const int32_t left = mode == EK_MVE_GENERAL ? own[3 * channels] : 0;
    const int32_t all = (int32_t)((uint32_t)sum + (uint32_t)own[0]);
    return ek_requantize_clamped(all, own[channels], left > 0 ? left : own[2 * channels],
                                 zero_point, low, high);
}

static inline int32_t ek_mve_dot(const int8_t *a, const int8_t *b, int32_t bytes)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < bytes; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Copies bytes, and not a byte more; both sides any alignment. */
EK_KERNEL void ek_mve_copy(const int8_t *from, int8_t *to, int32_t bytes)
{
#if EK_MVE
    for (int32_t i = 0; i < bytes; i += EK_MVE_BYTES) {
        const mve_pred16_t some = vctp8q((uint32_t)(bytes - i));
        vstrbq_p_s8(to + i, vldrbq_z_s8(from + i, some), some);
    }
#else
    for (int32_t i = 0; i < bytes; i++) {
        to[i] = from[i];
    }
#endif
}

/* Copies a known number of bytes; may write up to a vector's end behind them. */
EK_KERNEL void ek_mve_copy_loosely(const int8_t *from, int8_t *to, int32_t bytes)
{
#if EK_MVE
#pragma GCC unroll 4
    for (int32_t i = 0; i + EK_MVE_BYTES <= bytes; i += EK_MVE_BYTES) {
        vstrbq_s8(to + i, vldrbq_s8(from + i));
    }
    const int32_t left = bytes % EK_MVE_BYTES;
    if (left > 0) {
        const mve_pred16_t some = vctp8q((uint32_t)left);
        vstrbq_s8(to + bytes - left, vldrbq_z_s8(from + bytes - left, some));
    }
#else
    ek_mve_copy(from, to, bytes);
#endif
}

EK_KERNEL void ek_mve_fill(int8_t *to, int8_t value, int32_t bytes)
{
#if EK_MVE
    const int8x16_t all = vdupq_n_s8(value);
    for (int32_t i = 0; i < bytes; i += EK_MVE_BYTES) {
        vstrbq_p_s8(to + i, all, vctp8q((uint32_t)(bytes - i)));
    }
#else
    for (int32_t i = 0; i < bytes; i++) {
        to[i] = value;
    }
#endif
}

#endif
