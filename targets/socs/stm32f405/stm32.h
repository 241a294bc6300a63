/* SPDX-License-Identifier: Apache-2.0 */
/* What the chips of this family have in common, for their clock setup (chip.h). */
#ifndef EK_STM32_H
#define EK_STM32_H

#include "ek_types.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* What the clocks are, once they were set up, in Hz. */
typedef struct {
    uint32_t uart;
    uint32_t timer;
} clocks_t;

/* A crystal starts within 2 ms and the slowest PLL locks within 0.3 ms. A turn of the waiting loop
 * takes eight cycles or more, so this is 12 ms at 64 MHz and 50 ms at 16 MHz. */
#define PATIENCE 100000U

/* Whether the bits of a register got a value in time. */
static bool wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((*reg & mask) == value) {
            return true;
        }
    }
    return false;
}

#endif
