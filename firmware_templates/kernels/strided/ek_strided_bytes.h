/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of elements of any type in another order: four loops over the output, in which the input
 * moves by steps of its own; a step of 0 repeats what is read, and one below 0 goes
 * backwards. */
#ifndef EK_STRIDED_BYTES_H
#define EK_STRIDED_BYTES_H

#include "ek_types.h"

typedef struct {
    int32_t size_0, step_0; /* turns; bytes that the input moves by; outermost */
    int32_t size_1, step_1;
    int32_t size_2, step_2;
    int32_t size_3, step_3;
    int32_t run_bytes;   /* lie next to each other in both */
    int32_t start_bytes; /* of the input, to what is read first */
} ek_strided_params_t;

EK_KERNEL void ek_strided_bytes(const ek_strided_params_t *p, const void *input, void *output)
{
    const uint8_t *from = (const uint8_t *)input + p->start_bytes;
    uint8_t *to = output;
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const uint8_t *run = from + (i0 * p->step_0 + i1 * p->step_1 + i2 * p->step_2);
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    memcpy(to, run, (size_t)p->run_bytes);
                    run += p->step_3;
                    to += p->run_bytes;
                }
            }
        }
    }
}

#endif
