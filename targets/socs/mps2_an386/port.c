/* SPDX-License-Identifier: Apache-2.0 */
/* Arm's MPS FPGA boards: CMSDK UART0 and GPIO0, and the timer of timer.h. The images differ in
 * addresses and interrupts: soc.toml. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"
#include "registers.h"
#include "timer.h"

void ek_fault(void);

#define UART_DATA REGISTER(EK_SOC_UART + 0x00U)
#define UART_STATE REGISTER(EK_SOC_UART + 0x04U)
#define UART_CTRL REGISTER(EK_SOC_UART + 0x08U)
#define UART_INTCLEAR REGISTER(EK_SOC_UART + 0x0CU)
#define UART_BAUDDIV REGISTER(EK_SOC_UART + 0x10U)
#define UART_TX_FULL (1U << 0)
#define UART_RX_FULL (1U << 1)

#define GPIO_DATAOUT REGISTER(EK_SOC_GPIO + 0x04U)
#define GPIO_OUTENSET REGISTER(EK_SOC_GPIO + 0x10U)

#define NVIC_ISER(number) REGISTER(0xE000E100U + 4U * ((number) / 32U))

static ek_ring_t received;

void ek_port_init(void)
{
    ek_port_marker(true);
    GPIO_OUTENSET = 1U << EK_BOARD_MARKER;
    UART_BAUDDIV = (EK_SOC_UART_HZ + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    UART_CTRL = 1U << 0 | 1U << 1 | 1U << 3; /* transmit, receive, receive interrupt */
    timer_start();
    NVIC_ISER(EK_SOC_UART_IRQ) = 1U << (EK_SOC_UART_IRQ % 32U);
    NVIC_ISER(EK_SOC_TIMER_IRQ) = 1U << (EK_SOC_TIMER_IRQ % 32U);
}

/* Cleared before draining: a byte that arrives in between raises the interrupt again. The other
 * way round its interrupt would be cleared unseen, and the console would sleep on it. */
static void uart_interrupt(void)
{
    UART_INTCLEAR = 1U << 1;
    while ((UART_STATE & UART_RX_FULL) != 0) {
        ek_ring_put(&received, (uint8_t)UART_DATA);
    }
}

static void timer_interrupt(void)
{
    timer_clear_interrupt();
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((UART_STATE & UART_TX_FULL) != 0) {
        }
        UART_DATA = data[i];
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
    return timer_ticks();
}

uint32_t ek_port_ticks_hz(void)
{
    return EK_SOC_TIMER_HZ;
}

void ek_port_marker(bool high)
{
    GPIO_DATAOUT = (GPIO_DATAOUT & ~(1U << EK_BOARD_MARKER)) | (uint32_t)high << EK_BOARD_MARKER;
}

/* All of them a fault, then the two that are meant: which comes first differs. */
#pragma GCC diagnostic ignored "-Woverride-init"
extern void (*const ek_interrupts[EK_SOC_INTERRUPTS])(void);
__attribute__((section(".vectors.interrupts"),
               used)) void (*const ek_interrupts[EK_SOC_INTERRUPTS])(void) = {
    [0 ... EK_SOC_INTERRUPTS - 1] = ek_fault,
    [EK_SOC_TIMER_IRQ] = timer_interrupt,
    [EK_SOC_UART_IRQ] = uart_interrupt,
};
