/* SPDX-License-Identifier: Apache-2.0 */
/* STM32H743: its clocks and caches. Where each value comes from: NOTES.md. */
#ifndef EK_CHIP_H
#define EK_CHIP_H

#include "startup/ek_cache.h"
#include "uart_v2.h"

#define RCC_CR REGISTER(0x58024400U)
#define RCC_CFGR REGISTER(0x58024410U)
#define RCC_D1CFGR REGISTER(0x58024418U)
#define RCC_D2CFGR REGISTER(0x5802441CU)
#define RCC_D3CFGR REGISTER(0x58024420U)
#define RCC_PLLCKSELR REGISTER(0x58024428U)
#define RCC_PLLCFGR REGISTER(0x5802442CU)
#define RCC_PLL1DIVR REGISTER(0x58024430U)
#define RCC_APB4ENR REGISTER(0x580244F4U)
#define PWR_CSR1 REGISTER(0x58024804U)
#define PWR_CR3 REGISTER(0x5802480CU)
#define PWR_D3CR REGISTER(0x58024818U)
#define SYSCFG_PWRCR REGISTER(0x5800042CU)
#define FLASH_ACR REGISTER(0x52002000U)
#define DBGMCU_IDC REGISTER(0x5C001000U)

#define HSI_HZ 64000000U
#define REVISION_V 0x2003U /* the first that may run faster than 400 MHz */
#define VOSRDY (1U << 13)

/* The regulator's scale 1, and on chips that can, scale 0. */
static bool start_regulator(bool fast)
{
    PWR_CR3 = (PWR_CR3 & ~(1U << 2 | 1U << 0)) | 1U << 1; /* LDO alone; unlocks the scales */
    (void)wait_for(&PWR_CSR1, 1U << 13, 1U << 13);        /* ACTVOSRDY */
    PWR_D3CR = 3U << 14;                                  /* VOS: scale 1 */
    if (!wait_for(&PWR_D3CR, VOSRDY, VOSRDY)) {
        return false;
    }
    if (!fast) {
        return true;
    }
    RCC_APB4ENR |= 1U << 1; /* SYSCFGEN */
    (void)RCC_APB4ENR;
    SYSCFG_PWRCR |= 1U << 0; /* ODEN: scale 0 */
    return wait_for(&PWR_D3CR, VOSRDY, VOSRDY);
}

static bool start_pll(uint32_t core_mhz)
{
    RCC_CR |= (EK_BOARD_HSE_BYPASS != 0 ? 1U << 18 : 0U) | 1U << 16; /* HSEBYP, HSEON */
    const bool outer = wait_for(&RCC_CR, 1U << 17, 1U << 17);
    /* The PLL gets 4 MHz, its VCO makes twice the core's clock. */
    const uint32_t m = (outer ? (uint32_t)EK_BOARD_HSE_HZ : HSI_HZ) / 4000000U;
    RCC_PLLCKSELR = (outer ? 2U : 0U) | m << 4;
    /* PLL1RGE: 4 to 8 MHz; wide VCO; output P alone. */
    RCC_PLLCFGR = (RCC_PLLCFGR & ~0x7000FU) | 2U << 2 | 1U << 16;
    RCC_PLL1DIVR = (core_mhz / 2U - 1U) | 1U << 9 | 3U << 16 | 1U << 24;
    RCC_CR |= 1U << 24; /* PLL1ON */
    return wait_for(&RCC_CR, 1U << 25, 1U << 25);
}

/* 480 MHz, or 400 on older chips, from the board's clock, or from the internal oscillator if that
 * does not come, or that oscillator's 64 MHz if the regulator or the PLL fails: a slow board still
 * talks. */
static clocks_t start_clocks(void)
{
    const clocks_t slow = {HSI_HZ, HSI_HZ};
    ek_cache_start_instructions();
    ek_cache_start_data();
    const bool fast = DBGMCU_IDC >> 16 >= REVISION_V;
    const uint32_t core_hz = fast ? EK_BOARD_CLOCK_HZ : 400000000U;
    if (!start_regulator(fast) || !start_pll(core_hz / 1000000U)) {
        return slow;
    }
    FLASH_ACR = 4U | 2U << 4; /* 4 wait states, WRHIGHFREQ */
    if (!wait_for(&FLASH_ACR, 15U, 4U)) {
        return slow;
    }
    RCC_D1CFGR = 8U | 4U << 4;      /* buses at half the core's clock, APB3 at a quarter */
    RCC_D2CFGR = 4U << 4 | 4U << 8; /* APB1 and APB2 at a quarter */
    RCC_D3CFGR = 4U << 4;           /* APB4 at a quarter */
    RCC_CFGR = 3U;                  /* switch to the PLL */
    if (!wait_for(&RCC_CFGR, 7U << 3, 3U << 3)) {
        RCC_CFGR = 0;
        RCC_D1CFGR = 0;
        RCC_D2CFGR = 0;
        RCC_D3CFGR = 0;
        return slow;
    }
    /* USART3 is on APB1; a timer runs at twice its divided bus. */
    return (clocks_t){core_hz / 4U, core_hz / 2U};
}

#endif
