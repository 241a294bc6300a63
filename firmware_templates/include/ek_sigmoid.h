/* SPDX-License-Identifier: Apache-2.0 */
/* int16 logistic function and tanh: interpolated in a table of the logistic function at every
 * 1/24, whose unit is 2^-16. */
#ifndef EK_SIGMOID_H
#define EK_SIGMOID_H

#include "ek_quant.h"

/* So many values has the table. */
#define EK_SIGMOID_SIZE 256

/* The argument's magnitude in the table, times 2^bits; 2^bits steps are from value to value, and
 * `end` is beyond the last one. */
EK_KERNEL uint32_t ek_sigmoid_of_magnitude(const uint16_t *table, int32_t argument, uint32_t end,
                                           int32_t bits)
{
    const uint32_t magnitude = (uint32_t)(argument < 0 ? -argument : argument);
    const uint32_t index = magnitude >> bits;
    if (index >= EK_SIGMOID_SIZE - 1) {
        return end << bits;
    }
    const uint32_t rest = magnitude & ((1U << bits) - 1U);
    const uint32_t slope = (uint32_t)table[index + 1] - table[index];
    return ((uint32_t)table[index] << bits) + rest * slope;
}

#endif
