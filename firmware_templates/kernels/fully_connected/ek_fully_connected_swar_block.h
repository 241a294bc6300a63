/* SPDX-License-Identifier: Apache-2.0 */
/* What an assembler's block of eight units is given and gives. */
#ifndef EK_FULLY_CONNECTED_SWAR_BLOCK_H
#define EK_FULLY_CONNECTED_SWAR_BLOCK_H

#include "ek_types.h"

enum { EK_FULLY_CONNECTED_BLOCK_UNITS = 8 };

/* What is done next, brought up to date, and the units' sums; the assembler knows the order. */
typedef struct {
    const int8_t *input;
    const int32_t *weights;
    const uint8_t *chunks;
    int32_t results[EK_FULLY_CONNECTED_BLOCK_UNITS];
} ek_fully_connected_swar_block_t;

#endif
