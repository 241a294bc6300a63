/* SPDX-License-Identifier: Apache-2.0 */
/* int16 addition or subtraction with broadcasting: four loops over the output, in which each input
 * moves by its own steps; a step of 0 repeats an element. */
#ifndef EK_ADD_S16_H
#define EK_ADD_S16_H

#include "ek_add_s8.h"

/* Bits that both inputs gain before they are brought to a common scale. */
#define EK_ADD_S16_LEFT_SHIFT 15

EK_KERNEL int16_t ek_add_s16_element(const ek_add_params_t *p, int32_t a, int32_t b)
{
    a = (a - p->input1_zero_point) * (1 << EK_ADD_S16_LEFT_SHIFT);
    b = (b - p->input2_zero_point) * (1 << EK_ADD_S16_LEFT_SHIFT);
    const int32_t sum = ek_requantize(a, p->input1_multiplier, p->input1_shift) +
                        p->input2_sign * ek_requantize(b, p->input2_multiplier, p->input2_shift);
    return (int16_t)ek_requantize_within(sum, p->output_multiplier, p->output_shift,
                                         p->output_zero_point, p->output_min, p->output_max);
}

EK_KERNEL void ek_add_s16(const ek_add_params_t *p, const int16_t *input1, const int16_t *input2,
                          int16_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int16_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int16_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    *output++ = ek_add_s16_element(p, a[i3 * p->step1_3], b[i3 * p->step2_3]);
                }
            }
        }
    }
}

#endif
