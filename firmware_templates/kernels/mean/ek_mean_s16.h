/* SPDX-License-Identifier: Apache-2.0 */
/* int16 mean over one or two axes of an array of any rank. */
#ifndef EK_MEAN_S16_H
#define EK_MEAN_S16_H

#include "ek_mean_s8.h"

EK_KERNEL void ek_mean_s16(const ek_mean_params_t *p, const int16_t *input, int16_t *output)
{
    const int32_t offset = p->input_zero_point * p->reduced_1 * p->reduced_2;
    const int32_t stride_2 = p->inner;
    const int32_t stride_1 = p->middle * p->reduced_2 * p->inner;
    for (int32_t o = 0; o < p->outer; o++) {
        for (int32_t m = 0; m < p->middle; m++) {
            for (int32_t i = 0; i < p->inner; i++) {
                const int16_t *from = input + m * p->reduced_2 * p->inner + i;
                int32_t sum = 0;
                for (int32_t r = 0; r < p->reduced_1; r++) {
                    for (int32_t s = 0; s < p->reduced_2; s++) {
                        sum += from[r * stride_1 + s * stride_2];
                    }
                }
                *output++ =
                    (int16_t)ek_requantize_within(sum - offset, p->multiplier, p->shift,
                                                  p->output_zero_point, INT16_MIN, INT16_MAX);
            }
        }
        input += p->reduced_1 * stride_1;
    }
}

#endif
