/* SPDX-License-Identifier: Apache-2.0 */
/* int8 multiplication for cores with MVE: the reference's arithmetic, four elements at a time.
 * Loops as in ek_mul_s8.h. */
#ifndef EK_MUL_S8_MVE_H
#define EK_MUL_S8_MVE_H

#include "ek_mul_s8.h"
#include "ek_mve.h"

#if EK_MVE

EK_KERNEL int32x4_t ek_mul_mve_lanes(const ek_mul_params_t *p, int32x4_t a, int32x4_t b)
{
    const int32x4_t product =
        vmulq_s32(vsubq_n_s32(a, p->input1_zero_point), vsubq_n_s32(b, p->input2_zero_point));
    const int32x4_t scaled =
        ek_mve_requantize_lanes(product, p->output_multiplier, p->output_shift);
    return ek_mve_narrow_lanes(vqaddq_n_s32(scaled, p->output_zero_point), p->output_min,
                               p->output_max);
}

/* The innermost loop. A step of 0 repeats one element, and all are read before the first is
 * written. */
EK_KERNEL void ek_mul_mve_run(const ek_mul_params_t *p, const int8_t *a, const int8_t *b,
                              int8_t *output)
{
    enum { LANES = 4, UNROLL = 8 };
    const int32x4_t one = vdupq_n_s32(*a);
    const int32x4_t other = vdupq_n_s32(*b);
    for (int32_t i = p->size_3 / (LANES * UNROLL); i > 0; i--) {
#pragma GCC unroll 8
        for (int32_t k = 0; k < LANES * UNROLL; k += LANES) {
            const int32x4_t x = p->step1_3 == 0 ? one : vldrbq_s32(a + k);
            const int32x4_t y = p->step2_3 == 0 ? other : vldrbq_s32(b + k);
            vstrbq_s32(output + k, ek_mul_mve_lanes(p, x, y));
        }
        a += LANES * UNROLL * p->step1_3;
        b += LANES * UNROLL * p->step2_3;
        output += LANES * UNROLL;
    }
    for (int32_t left = p->size_3 % (LANES * UNROLL); left > 0; left -= LANES) {
        const mve_pred16_t some = vctp32q((uint32_t)left);
        const int32x4_t x = p->step1_3 == 0 ? one : vldrbq_z_s32(a, some);
        const int32x4_t y = p->step2_3 == 0 ? other : vldrbq_z_s32(b, some);
        vstrbq_p_s32(output, ek_mul_mve_lanes(p, x, y), some);
        a += LANES * p->step1_3;
        b += LANES * p->step2_3;
        output += LANES;
    }
}

#else

EK_KERNEL void ek_mul_mve_run(const ek_mul_params_t *p, const int8_t *a, const int8_t *b,
                              int8_t *output)
{
    for (int32_t i = 0; i < p->size_3; i++) {
        output[i] = ek_mul_s8_element(p, a[i * p->step1_3], b[i * p->step2_3]);
    }
}

#endif

EK_KERNEL void ek_mul_s8_mve(const ek_mul_params_t *p, const int8_t *input1, const int8_t *input2,
                             int8_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int8_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int8_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                ek_mul_mve_run(p, a, b, output);
                output += p->size_3;
            }
        }
    }
}

#endif
