/* SPDX-License-Identifier: Apache-2.0 */
/* int8 mean over one or two axes of an array of any rank. */
#ifndef EK_MEAN_S8_H
#define EK_MEAN_S8_H

#include "ek_element.h"
#include "ek_quant.h"

typedef struct {
    /* Input [outer][reduced_1][middle][reduced_2][inner], output [outer][middle][inner]. */
    int32_t outer, reduced_1, middle, reduced_2, inner;
    int32_t input_zero_point, output_zero_point;
    int32_t multiplier, shift; /* the division by the number of values is in them */
} ek_mean_params_t;

/* Of int8, or of int16 where `wide`. */
EK_KERNEL void ek_mean(const ek_mean_params_t *p, const void *input, void *output, bool wide)
{
    const int32_t offset = p->input_zero_point * p->reduced_1 * p->reduced_2;
    const int32_t stride_2 = p->inner;
    const int32_t stride_1 = p->middle * p->reduced_2 * p->inner;
    int32_t begin = 0;
    int32_t at = 0;
    for (int32_t o = 0; o < p->outer; o++) {
        for (int32_t m = 0; m < p->middle; m++) {
            for (int32_t i = 0; i < p->inner; i++) {
                const int32_t from = begin + m * p->reduced_2 * p->inner + i;
                int32_t sum = 0;
                for (int32_t r = 0; r < p->reduced_1; r++) {
                    for (int32_t s = 0; s < p->reduced_2; s++) {
                        sum += ek_element(input, from + r * stride_1 + s * stride_2, wide);
                    }
                }
                const int32_t mean = ek_requantize_within(
                    sum - offset, p->multiplier, p->shift, p->output_zero_point,
                    ek_element_min(wide), ek_element_max(wide));
                ek_element_put(output, at++, mean, wide);
            }
        }
        begin += p->reduced_1 * stride_1;
    }
}

EK_KERNEL void ek_mean_s8(const ek_mean_params_t *p, const int8_t *input, int8_t *output)
{
    ek_mean(p, input, output, false);
}

#endif
