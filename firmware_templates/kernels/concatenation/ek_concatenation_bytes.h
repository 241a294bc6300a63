/* SPDX-License-Identifier: Apache-2.0 */
/* One input of a concatenation, of any type: its rows go into wider rows of the output. */
#ifndef EK_CONCATENATION_BYTES_H
#define EK_CONCATENATION_BYTES_H

#include "ek_types.h"

typedef struct {
    int32_t rows; /* extents in front of the axis, multiplied */
    int32_t row_bytes, output_row_bytes;
    int32_t output_offset; /* bytes of a row that belong to earlier inputs */
} ek_concatenation_params_t;

EK_KERNEL void ek_concatenation_bytes(const ek_concatenation_params_t *p, const void *input,
                                      void *output)
{
    const uint8_t *from = input;
    uint8_t *to = (uint8_t *)output + p->output_offset;
    for (int32_t row = 0; row < p->rows; row++) {
        memcpy(to, from, (size_t)p->row_bytes);
        from += p->row_bytes;
        to += p->output_row_bytes;
    }
}

#endif
