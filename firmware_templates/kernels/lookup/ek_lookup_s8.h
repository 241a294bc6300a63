/* SPDX-License-Identifier: Apache-2.0 */
/* Any int8 function of one value, by a table of its results: smaller than fixed-point code. */
#ifndef EK_LOOKUP_S8_H
#define EK_LOOKUP_S8_H

#include "ek_types.h"

typedef struct {
    int32_t count;
    const int8_t *table; /* [256]: the results for -128 ... 127 */
} ek_lookup_params_t;

EK_KERNEL void ek_lookup_s8(const ek_lookup_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t i = 0; i < p->count; i++) {
        output[i] = p->table[input[i] - INT8_MIN];
    }
}

#endif
