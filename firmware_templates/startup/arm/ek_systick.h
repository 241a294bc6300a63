/* SPDX-License-Identifier: Apache-2.0 */
/* SysTick as a free-running clock, for chips without a 32-bit timer: 24 bits of the counter, the
 * rest counted by its exception. Include it in port.c. */
#ifndef EK_SYSTICK_H
#define EK_SYSTICK_H

#include "ek_types.h"

#define EK_SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define EK_SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define EK_SYST_CVR (*(volatile uint32_t *)0xE000E018U)
#define EK_SYSTICK_TOP 0xFFFFFFU

static volatile uint32_t ek_systick_turns;

void ek_systick(void);

void ek_systick(void)
{
    ek_systick_turns += EK_SYSTICK_TOP + 1U;
}

/* At the core's clock; the exception also wakes a sleeping console, which looks at the clock. */
static inline void ek_systick_start(void)
{
    EK_SYST_RVR = EK_SYSTICK_TOP;
    EK_SYST_CVR = 0;
    EK_SYST_CSR = 1U << 2 | 1U << 1 | 1U << 0;
}

/* Read again if the counter turned over meanwhile. Interrupts must be on. */
static inline uint32_t ek_systick_ticks(void)
{
    uint32_t turns;
    uint32_t value;
    do {
        turns = ek_systick_turns;
        value = EK_SYST_CVR;
    } while (turns != ek_systick_turns);
    return turns + (EK_SYSTICK_TOP - value);
}

#endif
