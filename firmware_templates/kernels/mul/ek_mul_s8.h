/* SPDX-License-Identifier: Apache-2.0 */
/* int8 multiplication with broadcasting: four loops over the output, in which each input moves by
 * its own steps; a step of 0 repeats an element. */
#ifndef EK_MUL_S8_H
#define EK_MUL_S8_H

#include "ek_element.h"
#include "ek_quant.h"

typedef struct {
    int32_t size_0, step1_0, step2_0; /* elements; what inputs 1 and 2 move by; outermost */
    int32_t size_1, step1_1, step2_1;
    int32_t size_2, step1_2, step2_2;
    int32_t size_3, step1_3, step2_3;
    int32_t input1_zero_point, input2_zero_point;
    int32_t output_zero_point, output_multiplier, output_shift;
    int32_t output_min, output_max;
} ek_mul_params_t;

EK_KERNEL int32_t ek_mul_element(const ek_mul_params_t *p, int32_t a, int32_t b)
{
    const int32_t product = (a - p->input1_zero_point) * (b - p->input2_zero_point);
    return ek_requantize_within(product, p->output_multiplier, p->output_shift,
                                p->output_zero_point, p->output_min, p->output_max);
}

/* Of int8, or of int16 where `wide`. */
EK_KERNEL void ek_mul(const ek_mul_params_t *p, const void *input1, const void *input2,
                      void *output, bool wide)
{
    int32_t at = 0;
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int32_t a = i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2;
                const int32_t b = i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2;
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    const int32_t value =
                        ek_mul_element(p, ek_element(input1, a + i3 * p->step1_3, wide),
                                       ek_element(input2, b + i3 * p->step2_3, wide));
                    ek_element_put(output, at++, value, wide);
                }
            }
        }
    }
}

EK_KERNEL void ek_mul_s8(const ek_mul_params_t *p, const int8_t *input1, const int8_t *input2,
                         int8_t *output)
{
    ek_mul(p, input1, input2, output, false);
}

#endif
