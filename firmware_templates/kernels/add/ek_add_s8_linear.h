/* SPDX-License-Identifier: Apache-2.0 */
/* int8 addition as one linear form, proven equal to ek_add_s8.h for every pair of values when the
 * code was generated (edgekit/kernels/_two_terms.py). Loops as in ek_add_s8.h. */
#ifndef EK_ADD_S8_LINEAR_H
#define EK_ADD_S8_LINEAR_H

#include "ek_saturate.h"

typedef struct {
    int32_t size_0, step1_0, step2_0; /* elements; what inputs 1 and 2 move by; outermost */
    int32_t size_1, step1_1, step2_1;
    int32_t size_2, step1_2, step2_2;
    int32_t size_3, step1_3, step2_3;
    int32_t input1_factor, input2_factor, addend, exponent;
    int32_t output_min, output_max;
} ek_add_s8_linear_params_t;

EK_KERNEL int8_t ek_add_s8_linear_element(const ek_add_s8_linear_params_t *p, int32_t a, int32_t b)
{
    const int32_t sum = a * p->input1_factor + p->addend + b * p->input2_factor;
    return ek_shift_clamped(sum, p->exponent, p->output_min, p->output_max);
}

/* The innermost loop, four elements at a time: all are read before the first is written. */
EK_KERNEL void ek_add_s8_linear_run(const ek_add_s8_linear_params_t *p, const int8_t *a,
                                    const int8_t *b, int8_t *output)
{
    const int32_t step1 = p->step1_3;
    const int32_t step2 = p->step2_3;
    for (int32_t i = p->size_3 / 4; i > 0; i--) {
        const int8_t y0 = ek_add_s8_linear_element(p, a[0], b[0]);
        const int8_t y1 = ek_add_s8_linear_element(p, a[step1], b[step2]);
        const int8_t y2 = ek_add_s8_linear_element(p, a[2 * step1], b[2 * step2]);
        const int8_t y3 = ek_add_s8_linear_element(p, a[3 * step1], b[3 * step2]);
        output[0] = y0;
        output[1] = y1;
        output[2] = y2;
        output[3] = y3;
        a += 4 * step1;
        b += 4 * step2;
        output += 4;
    }
    for (int32_t i = 0; i < p->size_3 % 4; i++) {
        output[i] = ek_add_s8_linear_element(p, a[i * step1], b[i * step2]);
    }
}

EK_KERNEL void ek_add_s8_linear(const ek_add_s8_linear_params_t *p, const int8_t *input1,
                                const int8_t *input2, int8_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int8_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int8_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                ek_add_s8_linear_run(p, a, b, output);
                output += p->size_3;
            }
        }
    }
}

#endif
