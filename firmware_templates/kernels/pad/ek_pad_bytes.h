/* SPDX-License-Identifier: Apache-2.0 */
/* Padding of up to five dimensions, of any type whose padding is one byte repeated: fill the
 * output, then copy the input's rows into it. */
#ifndef EK_PAD_BYTES_H
#define EK_PAD_BYTES_H

#include "ek_types.h"

typedef struct {
    int32_t output_bytes;
    int32_t output_offset;                          /* of the first row, in bytes */
    int32_t fill;                                   /* the byte, as int8 */
    int32_t size_0, size_1, size_2, size_3;         /* of the input, outermost first */
    int32_t stride_0, stride_1, stride_2, stride_3; /* of the output, in bytes */
    int32_t row_bytes;
} ek_pad_params_t;

EK_KERNEL void ek_pad_bytes(const ek_pad_params_t *p, const void *input, void *output)
{
    const uint8_t *from = input;
    uint8_t *first = (uint8_t *)output + p->output_offset;
    memset(output, p->fill, (size_t)p->output_bytes);
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                for (int32_t i3 = 0; i3 < p->size_3; i3++) {
                    uint8_t *to = first + (i0 * p->stride_0 + i1 * p->stride_1 + i2 * p->stride_2 +
                                           i3 * p->stride_3);
                    memcpy(to, from, (size_t)p->row_bytes);
                    from += p->row_bytes;
                }
            }
        }
    }
}

#endif
