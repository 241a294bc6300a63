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

#if EK_MVE

/* For blocks of 2 channels x 4 positions: sums of the first channel in r0, r2, r4 and r6, those
 * of the second in r8, r10, r12 and lr (VMLADAV writes even registers only); the form at r9.
 * Operands: mode, zero_point, low, high. q6 holds the zero point in EK_MVE_RELU, and is changed
 * otherwise. */

/* Sums to q0 and q1, biases added; r4, r6: multipliers; r8, r10: shifts; r12, lr: to the left. */
#define EK_MVE_COLLECT                                                                             \
    "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"                                      \
    "vmov q1[2], q1[0], r8, r12\n vmov q1[3], q1[1], r10, lr\n"                                    \
    ".if %c[mode] == 2\n ldm r9!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"                            \
    ".else\n ldm r9!, {r0, r2, r4, r6, r8, r10}\n .endif\n"                                        \
    "vadd.i32 q0, q0, r0\n vadd.i32 q1, q1, r2\n"

/* Sums in q0 and q1 scaled with multipliers in r4 and r6 and shifts in r8 and r10. */
#define EK_MVE_SCALE                                                                               \
    ".if %c[mode] == 2\n vshl.s32 q0, r12\n vshl.s32 q1, lr\n ldm r9!, {r0, r2}\n .endif\n"        \
    "vqrdmulh.s32 q0, q0, r4\n vqrdmulh.s32 q1, q1, r6\n"                                          \
    ".if %c[mode] == 1\n"                                                                          \
    "vshr.s32 q6, q0, #31\n vadd.i32 q0, q0, q6\n vshr.s32 q6, q1, #31\n vadd.i32 q1, q1, q6\n"    \
    ".endif\n"                                                                                     \
    ".if %c[mode] == 2\n"                                                                          \
    "vshr.s32 q6, q0, #31\n vmla.s32 q0, q6, r0\n vshr.s32 q6, q1, #31\n vmla.s32 q1, q6, r2\n"    \
    ".endif\n"                                                                                     \
    "vrshl.s32 q0, r8\n vrshl.s32 q1, r10\n"

/* To int8, into the low bytes of q0's halfwords: positions, of each both channels. */
#define EK_MVE_NARROW                                                                              \
    "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"                                                    \
    ".if %c[mode] == 0\n vqadd.s16 q0, q0, q6\n"                                                   \
    ".else\n mov r0, #%c[zero_point]\n vqadd.s16 q0, q0, r0\n .endif\n"                            \
    "vqmovnb.s16 q0, q0\n"                                                                         \
    ".if %c[low] > -128\n mov r0, #%c[low]\n vdup.8 q1, r0\n vmax.s8 q0, q0, q1\n .endif\n"        \
    ".if %c[high] < 127\n mov r0, #%c[high]\n vdup.8 q1, r0\n vmin.s8 q0, q0, q1\n .endif\n"

#endif

#if EK_MVE

/* ek_requantize of four numbers; multiplier and shift are literals, the same for all. */
EK_KERNEL int32x4_t ek_mve_requantize_lanes(int32x4_t x, int32_t multiplier, int32_t shift)
{
    if (shift > 0) {
        x = vshlq_r_s32(x, shift);
    }
    x = vqrdmulhq_n_s32(x, multiplier);
    if (shift < 0) {
        x = vaddq_s32(x, vshrq_n_s32(x, 31));
        x = vrshlq_n_s32(x, shift);
    }
    return x;
}

#endif

EK_KERNEL int32_t ek_mve_form_words(int32_t mode)
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

EK_KERNEL int32_t ek_mve_dot(const int8_t *a, const int8_t *b, int32_t bytes)
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
