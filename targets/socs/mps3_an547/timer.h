/* SPDX-License-Identifier: Apache-2.0 */
/* System timer 0 of the SSE-300. It reads a counter of 64 bits that runs at the system clock; its
 * low word is ours. */
#ifndef EK_TIMER_H
#define EK_TIMER_H

#include "ek_board.h"
#include "registers.h"

#define CNTCR REGISTER(EK_SOC_COUNTER + 0x00U)
#define CNTPCT_LOW REGISTER(EK_SOC_TIMER + 0x00U)
#define CNTP_CTL REGISTER(EK_SOC_TIMER + 0x2CU)
#define CNTP_AIVAL_RELOAD REGISTER(EK_SOC_TIMER + 0x48U)
#define CNTP_AIVAL_CTL REGISTER(EK_SOC_TIMER + 0x4CU)

/* Interrupts once a turn of the low word, so that a sleeping console looks at the clock. */
static inline void timer_start(void)
{
    CNTCR = 1U; /* EN: let it count */
    CNTP_AIVAL_RELOAD = 0xFFFFFFFFU;
    CNTP_AIVAL_CTL = 1U; /* EN: the compare value moves on by itself */
    CNTP_CTL = 1U;       /* ENABLE */
}

static inline void timer_clear_interrupt(void)
{
    CNTP_AIVAL_CTL = 1U; /* a zero clears CLR, the pending bit */
}

static inline uint32_t timer_ticks(void)
{
    return CNTPCT_LOW;
}

#endif
