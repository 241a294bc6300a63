/* SPDX-License-Identifier: Apache-2.0 */
/* LM3S6965: PLL, UART0, SysTick and the marker pin. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "startup/ek_systick.h"

#define EK_PL011_BASE 0x4000C000U
#define EK_PL011_IRQ 5
#include "startup/ek_pl011.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define SYSCTL_RIS REGISTER(0x400FE050U)
#define SYSCTL_RCC REGISTER(0x400FE060U)
#define SYSCTL_RCGC1 REGISTER(0x400FE104U)
#define SYSCTL_RCGC2 REGISTER(0x400FE108U)
#define RIS_PLLLRIS (1U << 6)
#define RCC_BYPASS (1U << 11)
#define RCC_PWRDN (1U << 13)
#define RCC_USESYSDIV (1U << 22)

#define GPIOA_AFSEL REGISTER(0x40004420U)
#define GPIOA_DEN REGISTER(0x4000451CU)
#define GPIOF_DATA(mask) REGISTER(0x40025000U + 4U * (mask))
#define GPIOF_DIR REGISTER(0x40025400U)
#define GPIOF_DEN REGISTER(0x4002551CU)

#define CLOCK_HZ 50000000U
#define PATIENCE 100000U /* of the loop that waits for the PLL; it locks within 0.5 ms */

/* 200 MHz of the PLL, from the crystal of 8 MHz, divided by 4. */
static void start_clock(void)
{
    uint32_t rcc = (SYSCTL_RCC | RCC_BYPASS) & ~RCC_USESYSDIV;
    SYSCTL_RCC = rcc;
    /* XTAL 8 MHz, main oscillator (OSCSRC 0) on, PLL powered. */
    rcc = (rcc & ~(15U << 6 | 3U << 4 | 1U << 0 | RCC_PWRDN)) | 14U << 6;
    SYSCTL_RCC = rcc;
    rcc = (rcc & ~(15U << 23)) | 3U << 23 | RCC_USESYSDIV;
    SYSCTL_RCC = rcc;
    for (uint32_t turn = 0; turn < PATIENCE && (SYSCTL_RIS & RIS_PLLLRIS) == 0; turn++) {
    }
    SYSCTL_RCC = rcc & ~RCC_BYPASS;
}

static void start_uart(void)
{
    GPIOA_AFSEL = GPIOA_AFSEL | 3U; /* PA0 and PA1 */
    GPIOA_DEN = GPIOA_DEN | 3U;
    ek_pl011_start(CLOCK_HZ);
}

void ek_port_init(void)
{
    start_clock();
    SYSCTL_RCGC1 = SYSCTL_RCGC1 | 1U << 0;           /* UART0 */
    SYSCTL_RCGC2 = SYSCTL_RCGC2 | 1U << 0 | 1U << 5; /* ports A and F */
    (void)SYSCTL_RCGC2;
    ek_port_marker(true);
    GPIOF_DIR = GPIOF_DIR | 1U << EK_BOARD_MARKER;
    GPIOF_DEN = GPIOF_DEN | 1U << EK_BOARD_MARKER;
    ek_port_marker(true); /* a pin takes a value once it is an output */
    start_uart();
    ek_systick_start();
}

uint32_t ek_port_ticks(void)
{
    return ek_systick_ticks();
}

uint32_t ek_port_ticks_hz(void)
{
    return CLOCK_HZ;
}

/* The address of the data register holds the mask of the pins that change. */
void ek_port_marker(bool high)
{
    GPIOF_DATA(1U << EK_BOARD_MARKER) = (uint32_t)high << EK_BOARD_MARKER;
}

extern void (*const ek_interrupts[44])(void);
__attribute__((section(".vectors.interrupts"), used)) void (*const ek_interrupts[44])(void) = {
    [0 ... EK_PL011_IRQ - 1] = ek_fault,
    [EK_PL011_IRQ] = ek_pl011_interrupt,
    [EK_PL011_IRQ + 1 ... 43] = ek_fault,
};
