/* SPDX-License-Identifier: Apache-2.0 */
/* LM3S6965: PLL, UART0, SysTick and the marker pin. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"
#include "startup/ek_systick.h"

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

#define UART_DR REGISTER(0x4000C000U)
#define UART_FR REGISTER(0x4000C018U)
#define UART_IBRD REGISTER(0x4000C024U)
#define UART_FBRD REGISTER(0x4000C028U)
#define UART_LCRH REGISTER(0x4000C02CU)
#define UART_CTL REGISTER(0x4000C030U)
#define UART_IM REGISTER(0x4000C038U)
#define UART_ICR REGISTER(0x4000C044U)
#define UART_RX_INTERRUPTS (1U << 4 | 1U << 6) /* a byte; a byte that waited */
#define UART_FR_RX_EMPTY (1U << 4)
#define UART_FR_TX_FULL (1U << 5)

#define NVIC_ISER0 REGISTER(0xE000E100U)
#define UART_IRQ 5

#define CLOCK_HZ 50000000U
#define PATIENCE 100000U /* of the loop that waits for the PLL; it locks within 0.5 ms */

static ek_ring_t received;

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
    /* The divisor in 64ths: clock / (16 * baud) * 64. */
    const uint32_t divisor = (4U * CLOCK_HZ + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    UART_IBRD = divisor / 64U;
    UART_FBRD = divisor % 64U;
    UART_LCRH = 3U << 5; /* 8N1; the buffers off: every byte interrupts */
    UART_IM = UART_RX_INTERRUPTS;
    UART_CTL = 1U << 9 | 1U << 8 | 1U << 0;
    NVIC_ISER0 = 1U << UART_IRQ;
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

/* Cleared before draining: a byte that arrives in between raises the interrupt again. */
static void uart_interrupt(void)
{
    UART_ICR = UART_RX_INTERRUPTS;
    while ((UART_FR & UART_FR_RX_EMPTY) == 0) {
        ek_ring_put(&received, (uint8_t)UART_DR);
    }
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((UART_FR & UART_FR_TX_FULL) != 0) {
        }
        UART_DR = data[i];
    }
}

/* WFI wakes up for an interrupt that is masked: none can slip in between the look and the sleep. */
void ek_port_wait(void)
{
    __asm volatile("cpsid i" ::: "memory");
    if (ek_ring_empty(&received)) {
        __asm volatile("wfi" ::: "memory");
    }
    __asm volatile("cpsie i" ::: "memory");
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
    [0 ... UART_IRQ - 1] = ek_fault,
    [UART_IRQ] = uart_interrupt,
    [UART_IRQ + 1 ... 43] = ek_fault,
};
