/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_divide.h"

uint64_t ek_divide(uint64_t value, uint32_t by, uint32_t *rest)
{
    uint32_t left = 0;
    for (uint32_t bit = 0; bit < 64; bit++) {
        const bool carry = left >> 31 != 0;
        left = left << 1 | (uint32_t)(value >> 63);
        value <<= 1;
        if (carry || left >= by) {
            left -= by;
            value |= 1U;
        }
    }
    *rest = left;
    return value;
}
