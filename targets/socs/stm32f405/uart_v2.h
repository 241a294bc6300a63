/* SPDX-License-Identifier: Apache-2.0 */
/* The family's later USART and LPUART: separate data registers, flags cleared by writing ICR. Its
 * FIFO stays off. */
#ifndef EK_UART_H
#define EK_UART_H

#include "ek_board.h"
#include "stm32.h"

#define UART_CR1 REGISTER(EK_SOC_UART + 0x00U)
#define UART_BRR REGISTER(EK_SOC_UART + 0x0CU)
#define UART_ISR REGISTER(EK_SOC_UART + 0x1CU)
#define UART_ICR REGISTER(EK_SOC_UART + 0x20U)
#define UART_RDR REGISTER(EK_SOC_UART + 0x24U)
#define UART_TDR REGISTER(EK_SOC_UART + 0x28U)
#define UART_ORE (1U << 3) /* in ICR, too */
#define UART_RXNE (1U << 5)
#define UART_TXE (1U << 7)

/* uart_scale: 1 for a USART, 256 for an LPUART, whose divisor has eight more bits. */
static void uart_start(uint32_t hz)
{
    const uint32_t whole = hz / EK_BOARD_BAUD;
    const uint32_t rest = hz % EK_BOARD_BAUD;
    UART_BRR =
        whole * EK_SOC_UART_SCALE + (rest * EK_SOC_UART_SCALE + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    UART_CR1 = 1U << 5 | 1U << 3 | 1U << 2 | 1U << 0; /* RXNEIE, TE, RE, UE; 8N1 */
}

/* Reading RDR clears RXNE. An overrun interrupts until it is cleared, too. */
static bool uart_take(uint8_t *byte)
{
    const uint32_t isr = UART_ISR;
    if ((isr & UART_ORE) != 0) {
        UART_ICR = UART_ORE;
    }
    if ((isr & UART_RXNE) == 0) {
        return false;
    }
    *byte = (uint8_t)UART_RDR;
    return true;
}

static bool uart_free(void)
{
    return (UART_ISR & UART_TXE) != 0;
}

static void uart_put(uint8_t byte)
{
    UART_TDR = byte;
}

#endif
