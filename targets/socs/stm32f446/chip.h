/* SPDX-License-Identifier: Apache-2.0 */
/* STM32F446: its clocks. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "uart_v1.h"

#define RCC_CR REGISTER(0x40023800U)
#define RCC_PLLCFGR REGISTER(0x40023804U)
#define RCC_CFGR REGISTER(0x40023808U)
#define RCC_APB1ENR REGISTER(0x40023840U)
#define PWR_CR REGISTER(0x40007000U)
#define PWR_CSR REGISTER(0x40007004U)
#define FLASH_ACR REGISTER(0x40023C00U)

#define HSI_HZ 16000000U

/* Above 168 MHz the regulator must be in over-drive, which it enters once the PLL is on. */
static bool start_over_drive(void)
{
    PWR_CR |= 1U << 16; /* ODEN */
    if (!wait_for(&PWR_CSR, 1U << 16, 1U << 16)) {
        return false;
    }
    PWR_CR |= 1U << 17; /* ODSWEN */
    return wait_for(&PWR_CSR, 1U << 17, 1U << 17);
}

/* 180 MHz from the board's clock, or from the internal oscillator if that does not come, or that
 * oscillator's 16 MHz if the PLL or the over-drive fails: a slow board still talks. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {HSI_HZ, HSI_HZ};
    RCC_APB1ENR |= 1U << 28; /* PWREN */
    (void)RCC_APB1ENR;
    PWR_CR |= 3U << 14;                                              /* VOS: scale 1 */
    RCC_CR |= (EK_BOARD_HSE_BYPASS != 0 ? 1U << 18 : 0U) | 1U << 16; /* HSEBYP, HSEON */
    const bool outer = wait_for(&RCC_CR, 1U << 17, 1U << 17);
    const uint32_t m = (outer ? (uint32_t)EK_BOARD_HSE_HZ : HSI_HZ) / 1000000U;
    /* VCO 360 MHz of 1 MHz; P = 2, Q = 8, R = 2. */
    RCC_PLLCFGR = m | 360U << 6 | 0U << 16 | (outer ? 1U << 22 : 0U) | 8U << 24 | 2U << 28;
    RCC_CR |= 1U << 24; /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25) || !start_over_drive()) {
        return slow;
    }
    FLASH_ACR = 5U | 1U << 8 | 1U << 9 | 1U << 10; /* 5 wait states, prefetch, both caches */
    if (!wait_for(&FLASH_ACR, 15U, 5U)) {
        return slow;
    }
    RCC_CFGR = 5U << 10 | 4U << 13; /* APB1 = AHB / 4, APB2 = AHB / 2 */
    RCC_CFGR |= 2U;                 /* switch to the PLL */
    if (!wait_for(&RCC_CFGR, 3U << 2, 2U << 2)) {
        RCC_CFGR = 0;
        return slow;
    }
    /* USART2 is on APB1; a timer runs at twice its divided bus. */
    return (clocks_t){EK_BOARD_CLOCK_HZ / 4U, EK_BOARD_CLOCK_HZ / 2U};
}

#endif
