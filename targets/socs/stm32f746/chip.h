/* SPDX-License-Identifier: Apache-2.0 */
/* STM32F746: its clocks and caches. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "startup/ek_cache.h"
#include "uart_v2.h"

#define RCC_CR REGISTER(0x40023800U)
#define RCC_PLLCFGR REGISTER(0x40023804U)
#define RCC_CFGR REGISTER(0x40023808U)
#define RCC_APB1ENR REGISTER(0x40023840U)
#define PWR_CR1 REGISTER(0x40007000U)
#define PWR_CSR1 REGISTER(0x40007004U)
#define FLASH_ACR REGISTER(0x40023C00U)

#define HSI_HZ 16000000U

/* Above 180 MHz the regulator must be in over-drive, which it enters once the PLL is on. */
static bool start_over_drive(void)
{
    PWR_CR1 |= 1U << 16; /* ODEN */
    if (!wait_for(&PWR_CSR1, 1U << 16, 1U << 16)) {
        return false;
    }
    PWR_CR1 |= 1U << 17; /* ODSWEN */
    return wait_for(&PWR_CSR1, 1U << 17, 1U << 17);
}

/* 216 MHz from the crystal, or from the internal oscillator if the crystal does not start, or
 * that oscillator's 16 MHz if the PLL or the over-drive fails: a slow board still talks. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {HSI_HZ, HSI_HZ};
    ek_cache_start_instructions();
    ek_cache_start_data();
    RCC_APB1ENR |= 1U << 28; /* PWREN */
    (void)RCC_APB1ENR;
    PWR_CR1 |= 3U << 14; /* VOS: scale 1 */
    RCC_CR |= 1U << 16;  /* HSEON */
    const bool crystal = wait_for(&RCC_CR, 1U << 17, 1U << 17);
    const uint32_t m = (crystal ? (uint32_t)EK_BOARD_HSE_HZ : HSI_HZ) / 1000000U;
    /* VCO 432 MHz of 1 MHz; P = 2, Q = 9. Bits 30:28 keep their reset value. */
    RCC_PLLCFGR = m | 432U << 6 | 0U << 16 | (crystal ? 1U << 22 : 0U) | 9U << 24 | 2U << 28;
    RCC_CR |= 1U << 24; /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25) || !start_over_drive()) {
        return slow;
    }
    FLASH_ACR = 7U | 1U << 8 | 1U << 9; /* 7 wait states, prefetch, ART accelerator */
    if (!wait_for(&FLASH_ACR, 15U, 7U)) {
        return slow;
    }
    RCC_CFGR = 5U << 10 | 4U << 13; /* APB1 = AHB / 4, APB2 = AHB / 2 */
    RCC_CFGR |= 2U;                 /* switch to the PLL */
    if (!wait_for(&RCC_CFGR, 3U << 2, 2U << 2)) {
        RCC_CFGR = 0;
        return slow;
    }
    /* USART1 is on APB2; a timer runs at twice its divided bus, APB1. */
    return (clocks_t){EK_BOARD_CLOCK_HZ / 2U, EK_BOARD_CLOCK_HZ / 2U};
}

#endif
