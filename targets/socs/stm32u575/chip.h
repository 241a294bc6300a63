/* SPDX-License-Identifier: Apache-2.0 */
/* STM32U575: its clocks and cache. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "uart_v2.h"

#define RCC_CR REGISTER(0x46020C00U)
#define RCC_CFGR1 REGISTER(0x46020C1CU)
#define RCC_CFGR2 REGISTER(0x46020C20U)
#define RCC_PLL1CFGR REGISTER(0x46020C28U)
#define RCC_PLL1DIVR REGISTER(0x46020C34U)
#define RCC_AHB3ENR REGISTER(0x46020C94U)
#define PWR_VOSR REGISTER(0x4602080CU)
#define PWR_SVMCR REGISTER(0x46020810U)
#define FLASH_ACR REGISTER(0x40022000U)
#define ICACHE_CR REGISTER(0x40030400U)
#define ICACHE_SR REGISTER(0x40030404U)

#define MSI_HZ 4000000U
#define SETTLE_TURNS 100U

/* Range 1 of the regulator with its booster, which runs on the PLL's source: needed above 55 MHz.
 */
static bool start_boost(void)
{
    PWR_VOSR = 3U << 16; /* VOS: range 1 */
    if (!wait_for(&PWR_VOSR, 1U << 15, 1U << 15)) {
        return false;
    }
    PWR_VOSR = 3U << 16 | 1U << 18; /* BOOSTEN */
    return wait_for(&PWR_VOSR, 1U << 14, 1U << 14);
}

/* 160 MHz from the internal 16 MHz oscillator, or the 4 MHz that the chip starts with if that,
 * the regulator or the PLL does not come: a slow board still talks. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {MSI_HZ, MSI_HZ};
    (void)wait_for(&ICACHE_SR, 1U, 0U); /* BUSYF: it is being invalidated after reset */
    ICACHE_CR |= 1U;                    /* EN */
    RCC_AHB3ENR |= 1U << 2;             /* PWREN */
    (void)RCC_AHB3ENR;
    PWR_SVMCR |= 1U << 29; /* IO2SV: VDDIO2 is there, the supply of PG2 to PG15 */
    RCC_CR |= 1U << 8;     /* HSION */
    if (!wait_for(&RCC_CR, 1U << 10, 1U << 10)) {
        return slow;
    }
    /* HSI16 / 4 * 80 / 2, output R; the input is between 4 and 8 MHz, the booster's clock 16. */
    RCC_PLL1CFGR = 2U | 0U << 2 | 3U << 8 | 0U << 12 | 1U << 18;
    RCC_PLL1DIVR = 79U | 1U << 9 | 1U << 16 | 1U << 24;
    if (!start_boost()) {
        return slow;
    }
    RCC_CR |= 1U << 24; /* PLL1ON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25)) {
        return slow;
    }
    FLASH_ACR = 4U | 1U << 8; /* 4 wait states, prefetch */
    if (!wait_for(&FLASH_ACR, 15U, 4U)) {
        return slow;
    }
    RCC_CFGR2 = 8U;  /* the AHB takes the step above 80 MHz in two: first divided by 2 */
    RCC_CFGR1 |= 3U; /* switch to the PLL */
    if (!wait_for(&RCC_CFGR1, 3U << 2, 3U << 2)) {
        RCC_CFGR1 &= ~3U;
        RCC_CFGR2 = 0;
        return slow;
    }
    for (volatile uint32_t turn = 0; turn < SETTLE_TURNS; turn++) { /* at least 1 us */
    }
    RCC_CFGR2 = 0;
    return (clocks_t){EK_BOARD_CLOCK_HZ, EK_BOARD_CLOCK_HZ};
}

#endif
