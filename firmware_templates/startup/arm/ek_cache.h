/* SPDX-License-Identifier: Apache-2.0 */
/* Switches the Cortex-M7's level-1 caches on (DDI 0489, "L1 caches"; ARMv7-M ARM, "Cache
 * maintenance operations"). Include it in port.c. */
#ifndef EK_CACHE_H
#define EK_CACHE_H

#include "ek_types.h"

#define EK_SCB(offset) (*(volatile uint32_t *)(0xE000E000U + (offset)))
#define EK_SCB_CCR EK_SCB(0xD14U)
#define EK_SCB_CCSIDR EK_SCB(0xD80U)
#define EK_SCB_CSSELR EK_SCB(0xD84U)
#define EK_SCB_ICIALLU EK_SCB(0xF50U)
#define EK_SCB_DCISW EK_SCB(0xF60U)

static inline void ek_cache_barrier(void)
{
    __asm volatile("dsb\n\tisb" ::: "memory");
}

static inline void ek_cache_start_instructions(void)
{
    ek_cache_barrier();
    EK_SCB_ICIALLU = 0;
    ek_cache_barrier();
    EK_SCB_CCR |= 1U << 17; /* IC */
    ek_cache_barrier();
}

/* What a cache holds after reset is undefined: every line is invalidated by set and way first. But
 * if it is on already, as a boot loader may have left it, that would lose what was written. */
static inline void ek_cache_start_data(void)
{
    if ((EK_SCB_CCR & 1U << 16) != 0) {
        return;
    }
    EK_SCB_CSSELR = 0; /* level 1, data */
    ek_cache_barrier();
    const uint32_t sets = EK_SCB_CCSIDR >> 13 & 0x7FFFU;
    const uint32_t ways = EK_SCB_CCSIDR >> 3 & 0x3FFU;
    for (uint32_t set = 0; set <= sets; set++) {
        for (uint32_t way = 0; way <= ways; way++) {
            EK_SCB_DCISW = way << 30 | set << 5; /* four ways, lines of 32 bytes */
        }
    }
    ek_cache_barrier();
    EK_SCB_CCR |= 1U << 16; /* DC */
    ek_cache_barrier();
}

#endif
