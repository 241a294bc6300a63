/* SPDX-License-Identifier: Apache-2.0 */
/* int16 multiplication with broadcasting: four loops over the output, in which each input moves by
 * its own steps; a step of 0 repeats an element. */
#ifndef EK_MUL_S16_H
#define EK_MUL_S16_H

#include "ek_mul_s8.h"

EK_KERNEL int16_t ek_mul_s16_element(const ek_mul_params_t *p, int32_t a, int32_t b)
{
    const int32_t product = (a - p->input1_zero_point) * (b - p->input2_zero_point);
    return (int16_t)ek_requantize_within(product, p->output_multiplier, p->output_shift,
                                         p->output_zero_point, p->output_min, p->output_max);
}

EK_KERNEL void ek_mul_s16(const ek_mul_params_t *p, const int16_t *input1, const int16_t *input2,
                          int16_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int16_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int16_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    *output++ = ek_mul_s16_element(p, a[i3 * p->step1_3], b[i3 * p->step2_3]);
                }
            }
        }
    }
}

#endif
