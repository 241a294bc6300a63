/* SPDX-License-Identifier: Apache-2.0 */
/* STM32G0B1: its clocks. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "uart_v2.h"

#define RCC_CR REGISTER(0x40021000U)
#define RCC_CFGR REGISTER(0x40021008U)
#define RCC_PLLCFGR REGISTER(0x4002100CU)
#define FLASH_ACR REGISTER(0x40022000U)

#define HSI_HZ 16000000U

/* 64 MHz from the internal oscillator, with which the chip starts; its 16 MHz if the PLL does not
 * lock: a slow board still talks. Range 1 of the regulator is what it is after reset. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {HSI_HZ, HSI_HZ};
    RCC_PLLCFGR = 2U | 0U << 4 | 8U << 8 | 1U << 28 | 1U << 29; /* HSI16 / 1 * 8 / 2, output R */
    RCC_CR |= 1U << 24;                                         /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25)) {
        return slow;
    }
    /* Two wait states, prefetch and cache; the other bits stay. */
    FLASH_ACR = (FLASH_ACR & ~7U) | 2U | 1U << 8 | 1U << 9;
    if (!wait_for(&FLASH_ACR, 7U, 2U)) {
        return slow;
    }
    RCC_CFGR = 2U; /* switch to the PLL; the buses are not divided */
    if (!wait_for(&RCC_CFGR, 7U << 3, 2U << 3)) {
        RCC_CFGR = 0;
        return slow;
    }
    return (clocks_t){EK_BOARD_CLOCK_HZ, EK_BOARD_CLOCK_HZ};
}

#endif
