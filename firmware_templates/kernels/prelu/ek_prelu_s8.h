/* SPDX-License-Identifier: Apache-2.0 */
/* int8 PRELU with broadcasting: four loops over the output, in which the input and the factors move
 * by their own steps; a step of 0 repeats an element. */
#ifndef EK_PRELU_S8_H
#define EK_PRELU_S8_H

#include "ek_quant.h"

typedef struct {
    int32_t size_0, step1_0, step2_0; /* elements; what input and factors move by; outermost */
    int32_t size_1, step1_1, step2_1;
    int32_t size_2, step1_2, step2_2;
    int32_t size_3, step1_3, step2_3;
    int32_t input_zero_point, factor_zero_point, output_zero_point;
    int32_t same_multiplier, same_shift;     /* of values from 0 on */
    int32_t scaled_multiplier, scaled_shift; /* of negative ones times their factor */
} ek_prelu_params_t;

EK_KERNEL int8_t ek_prelu_s8_element(const ek_prelu_params_t *p, int32_t value, int32_t factor)
{
    const int32_t centred = value - p->input_zero_point;
    if (centred >= 0) {
        return ek_requantize_clamped(centred, p->same_multiplier, p->same_shift,
                                     p->output_zero_point, INT8_MIN, INT8_MAX);
    }
    return ek_requantize_clamped(centred * (factor - p->factor_zero_point), p->scaled_multiplier,
                                 p->scaled_shift, p->output_zero_point, INT8_MIN, INT8_MAX);
}

EK_KERNEL void ek_prelu_s8(const ek_prelu_params_t *p, const int8_t *input, const int8_t *factors,
                           int8_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int8_t *a = input + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int8_t *b = factors + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    *output++ = ek_prelu_s8_element(p, a[i3 * p->step1_3], b[i3 * p->step2_3]);
                }
            }
        }
    }
}

#endif
