/* SPDX-License-Identifier: Apache-2.0 */
/* The largest or the smallest int8 value along one or two axes of an array of any rank. */
#ifndef EK_REDUCE_EXTREMUM_S8_H
#define EK_REDUCE_EXTREMUM_S8_H

#include "ek_types.h"

typedef struct {
    /* Input [outer][reduced_1][middle][reduced_2][inner], output [outer][middle][inner]. */
    int32_t outer, reduced_1, middle, reduced_2, inner;
    bool largest;
} ek_reduce_extremum_params_t;

EK_KERNEL void ek_reduce_extremum_s8(const ek_reduce_extremum_params_t *p, const int8_t *input,
                                     int8_t *output)
{
    const int32_t stride_2 = p->inner;
    const int32_t stride_1 = p->middle * p->reduced_2 * p->inner;
    for (int32_t o = 0; o < p->outer; o++) {
        for (int32_t m = 0; m < p->middle; m++) {
            for (int32_t i = 0; i < p->inner; i++) {
                const int8_t *from = input + m * p->reduced_2 * p->inner + i;
                int8_t best = *from;
                for (int32_t r = 0; r < p->reduced_1; r++) {
                    for (int32_t s = 0; s < p->reduced_2; s++) {
                        const int8_t value = from[r * stride_1 + s * stride_2];
                        best = (value > best) == p->largest ? value : best;
                    }
                }
                *output++ = best;
            }
        }
        input += p->reduced_1 * stride_1;
    }
}

#endif
