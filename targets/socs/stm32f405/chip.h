/* SPDX-License-Identifier: Apache-2.0 */
/* STM32F405: its clocks. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "uart_v1.h"

#define RCC_CR REGISTER(0x40023800U)
#define RCC_PLLCFGR REGISTER(0x40023804U)
#define RCC_CFGR REGISTER(0x40023808U)
#define RCC_APB1ENR REGISTER(0x40023840U)
#define PWR_CR REGISTER(0x40007000U)
#define FLASH_ACR REGISTER(0x40023C00U)

#define HSI_HZ 16000000U

/* 168 MHz from the crystal, or from the internal oscillator if the crystal does not start, or
 * that oscillator's 16 MHz if the PLL does not lock: a slow board still talks. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {HSI_HZ, HSI_HZ};
    RCC_APB1ENR |= 1U << 28; /* PWREN */
    (void)RCC_APB1ENR;
    PWR_CR |= 1U << 14; /* VOS: scale 1, needed above 144 MHz */
    RCC_CR |= 1U << 16; /* HSEON */
    const bool crystal = wait_for(&RCC_CR, 1U << 17, 1U << 17);
    const uint32_t m = (crystal ? (uint32_t)EK_BOARD_HSE_HZ : HSI_HZ) / 1000000U;
    RCC_PLLCFGR = m | 336U << 6 | 0U << 16 | (crystal ? 1U << 22 : 0U) | 7U << 24;
    RCC_CR |= 1U << 24; /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25)) {
        return slow;
    }
    FLASH_ACR = 5U | 1U << 8 | 1U << 9 | 1U << 10; /* 5 wait states, prefetch, both caches */
    if (!wait_for(&FLASH_ACR, 7U, 5U)) {
        return slow;
    }
    RCC_CFGR = 5U << 10 | 4U << 13; /* APB1 = AHB / 4, APB2 = AHB / 2 */
    RCC_CFGR |= 2U;                 /* switch to the PLL */
    if (!wait_for(&RCC_CFGR, 3U << 2, 2U << 2)) {
        RCC_CFGR = 0;
        return slow;
    }
    /* A timer runs at twice its divided bus. */
    return (clocks_t){EK_BOARD_CLOCK_HZ / 2U, EK_BOARD_CLOCK_HZ / 2U};
}

#endif
