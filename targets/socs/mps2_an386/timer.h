/* SPDX-License-Identifier: Apache-2.0 */
/* The CMSDK's APB timer, free-running. */
#ifndef EK_TIMER_H
#define EK_TIMER_H

#include "ek_board.h"
#include "registers.h"

#define TIMER_CTRL REGISTER(EK_SOC_TIMER + 0x0U)
#define TIMER_VALUE REGISTER(EK_SOC_TIMER + 0x4U)
#define TIMER_RELOAD REGISTER(EK_SOC_TIMER + 0x8U)
#define TIMER_INTCLEAR REGISTER(EK_SOC_TIMER + 0xCU)

/* Interrupts once a turn, so that a sleeping console looks at the clock. */
static inline void timer_start(void)
{
    TIMER_RELOAD = 0xFFFFFFFFU;
    TIMER_VALUE = 0xFFFFFFFFU;
    TIMER_CTRL = 1U << 0 | 1U << 3; /* enable, interrupt */
}

static inline void timer_clear_interrupt(void)
{
    TIMER_INTCLEAR = 1U;
}

static inline uint32_t timer_ticks(void)
{
    return ~TIMER_VALUE; /* it counts down from all ones */
}

#endif
