/* SPDX-License-Identifier: Apache-2.0 */
/* The larger or the smaller of two int8 values with broadcasting: four loops over the output, in
 * which each input moves by its own steps; a step of 0 repeats an element. */
#ifndef EK_EXTREMUM_S8_H
#define EK_EXTREMUM_S8_H

#include "ek_types.h"

typedef struct {
    int32_t size_0, step1_0, step2_0; /* elements; what inputs 1 and 2 move by; outermost */
    int32_t size_1, step1_1, step2_1;
    int32_t size_2, step1_2, step2_2;
    int32_t size_3, step1_3, step2_3;
    bool largest;
} ek_extremum_params_t;

EK_KERNEL void ek_extremum_s8(const ek_extremum_params_t *p, const int8_t *input1,
                              const int8_t *input2, int8_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int8_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int8_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    const int8_t one = a[i3 * p->step1_3];
                    const int8_t other = b[i3 * p->step2_3];
                    *output++ = (one > other) == p->largest ? one : other;
                }
            }
        }
    }
}

#endif
