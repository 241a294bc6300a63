/* SPDX-License-Identifier: Apache-2.0 */
/* Weights of 4 bits, two in a byte, the first one in the low half. */
#ifndef EK_NIBBLE_H
#define EK_NIBBLE_H

#include "ek_types.h"

/* The weight at an index, -8 to 7. */
static inline int32_t ek_nibble(const uint8_t *packed, int32_t index)
{
    const uint32_t shift = (index & 1) != 0 ? 0U : 4U;
    return (int8_t)(uint8_t)(((uint32_t)packed[index >> 1] << shift) & 0xF0U) >> 4;
}

#endif
