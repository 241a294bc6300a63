/* SPDX-License-Identifier: Apache-2.0 */
/* STM32L4R5: its clocks. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "uart_v2.h"

#define RCC_CR REGISTER(0x40021000U)
#define RCC_CFGR REGISTER(0x40021008U)
#define RCC_PLLCFGR REGISTER(0x4002100CU)
#define RCC_APB1ENR1 REGISTER(0x40021058U)
#define PWR_CR2 REGISTER(0x40007004U)
#define PWR_SR2 REGISTER(0x40007014U)
#define PWR_CR5 REGISTER(0x40007080U)
#define FLASH_ACR REGISTER(0x40022000U)

#define MSI_HZ 4000000U
#define SETTLE_TURNS 100U

/* 120 MHz from the internal 16 MHz oscillator, or the 4 MHz that the chip starts with if that
 * or the PLL does not come: a slow board still talks. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {MSI_HZ, MSI_HZ};
    RCC_APB1ENR1 |= 1U << 28; /* PWREN */
    (void)RCC_APB1ENR1;
    PWR_CR2 |= 1U << 9;                     /* IOSV: VDDIO2 is there, the supply of PG2 to PG15 */
    (void)wait_for(&PWR_SR2, 1U << 10, 0U); /* VOSF: range 1, as after reset */
    PWR_CR5 &= ~(1U << 8);                  /* R1MODE: boost, needed above 80 MHz */
    RCC_CR |= 1U << 8;                      /* HSION */
    if (!wait_for(&RCC_CR, 1U << 10, 1U << 10)) {
        return slow;
    }
    /* HSI16 / 4 * 60 / 2, output R. */
    RCC_PLLCFGR = 2U | 3U << 4 | 60U << 8 | 1U << 24 | 0U << 25;
    RCC_CR |= 1U << 24; /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25)) {
        return slow;
    }
    FLASH_ACR = 5U | 1U << 8 | 1U << 9 | 1U << 10; /* 5 wait states, prefetch, both caches */
    if (!wait_for(&FLASH_ACR, 15U, 5U)) {
        return slow;
    }
    RCC_CFGR = 8U << 4; /* the AHB takes the step above 80 MHz in two: first divided by 2 */
    RCC_CFGR |= 3U;     /* switch to the PLL */
    if (!wait_for(&RCC_CFGR, 3U << 2, 3U << 2)) {
        RCC_CFGR = 0;
        return slow;
    }
    for (volatile uint32_t turn = 0; turn < SETTLE_TURNS; turn++) { /* at least 1 us */
    }
    RCC_CFGR = 3U;
    return (clocks_t){EK_BOARD_CLOCK_HZ, EK_BOARD_CLOCK_HZ};
}

#endif
