/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_system.h"

#include "ek_port.h"

/* Long enough for 0.1 % at 1 MHz, short enough for a counter of 24 bits. */
#define PARTS_OF_A_SECOND 1024U
/* Turns of the loop: several times what that takes at 500 MHz. A timer that stands still must not
 * hold the console up. */
#define PATIENCE (1U << 18)
#define COUNTER_BITS 0xFFFFFFU

void ek_system_read(uint32_t words[EK_SYSTEM_WORDS])
{
    ek_core_read(words);
    words[EK_CORE_WORDS] = ek_chip_cache();
    ek_core_count(true);
    const uint32_t enough = ek_port_ticks_hz() / PARTS_OF_A_SECOND;
    const uint32_t start = ek_port_ticks();
    const uint32_t cycles = ek_core_cycles();
    uint32_t passed = 0;
    for (uint32_t turn = 0; turn < PATIENCE && passed < enough; turn++) {
        passed = ek_port_ticks() - start;
    }
    words[EK_CORE_WORDS + 1U] = (ek_core_cycles() - cycles) & COUNTER_BITS;
    words[EK_CORE_WORDS + 2U] = passed;
    ek_core_count(false);
}
