/* SPDX-License-Identifier: Apache-2.0 */
/* The AN386 system: CMSDK UART0, TIMER0 and GPIO0. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define TIMER0_CTRL REGISTER(0x40000000U)
#define TIMER0_VALUE REGISTER(0x40000004U)
#define TIMER0_RELOAD REGISTER(0x40000008U)
#define TIMER0_INTCLEAR REGISTER(0x4000000CU)

#define UART0_DATA REGISTER(0x40004000U)
#define UART0_STATE REGISTER(0x40004004U)
#define UART0_CTRL REGISTER(0x40004008U)
#define UART0_INTCLEAR REGISTER(0x4000400CU)
#define UART0_BAUDDIV REGISTER(0x40004010U)
#define UART_TX_FULL (1U << 0)
#define UART_RX_FULL (1U << 1)

#define GPIO0_DATAOUT REGISTER(0x40010004U)
#define GPIO0_OUTENSET REGISTER(0x40010010U)

#define NVIC_ISER0 REGISTER(0xE000E100U)
#define UART0_RX_IRQ 0
#define TIMER0_IRQ 8

#define CLOCK_HZ 25000000U

static ek_ring_t received;

void ek_port_init(void)
{
    ek_port_marker(true);
    GPIO0_OUTENSET = 1U << EK_BOARD_MARKER;
    UART0_BAUDDIV = (CLOCK_HZ + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    UART0_CTRL = 1U << 0 | 1U << 1 | 1U << 3; /* transmit, receive, receive interrupt */
    TIMER0_RELOAD = 0xFFFFFFFFU;
    TIMER0_VALUE = 0xFFFFFFFFU;
    TIMER0_CTRL = 1U << 0 | 1U << 3; /* enable; interrupt once a turn, to look at the clock */
    NVIC_ISER0 = 1U << UART0_RX_IRQ | 1U << TIMER0_IRQ;
}

/* Cleared before draining: a byte that arrives in between raises the interrupt again. The other
 * way round its interrupt would be cleared unseen, and the console would sleep on it. */
static void uart_interrupt(void)
{
    UART0_INTCLEAR = 1U << 1;
    while ((UART0_STATE & UART_RX_FULL) != 0) {
        ek_ring_put(&received, (uint8_t)UART0_DATA);
    }
}

static void timer_interrupt(void)
{
    TIMER0_INTCLEAR = 1U;
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((UART0_STATE & UART_TX_FULL) != 0) {
        }
        UART0_DATA = data[i];
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
    return ~TIMER0_VALUE; /* it counts down from all ones */
}

uint32_t ek_port_ticks_hz(void)
{
    return CLOCK_HZ;
}

void ek_port_marker(bool high)
{
    GPIO0_DATAOUT = (GPIO0_DATAOUT & ~(1U << EK_BOARD_MARKER)) | (uint32_t)high << EK_BOARD_MARKER;
}

extern void (*const ek_interrupts[32])(void);
__attribute__((section(".vectors.interrupts"), used)) void (*const ek_interrupts[32])(void) = {
    [0] = uart_interrupt,
    [1 ... TIMER0_IRQ - 1] = ek_fault,
    [TIMER0_IRQ] = timer_interrupt,
    [TIMER0_IRQ + 1 ... 31] = ek_fault,
};
