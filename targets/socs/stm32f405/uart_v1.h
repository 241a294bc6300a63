/* SPDX-License-Identifier: Apache-2.0 */
/* The family's first USART: one status and one data register. */
#ifndef EK_UART_H
#define EK_UART_H

#include "ek_board.h"
#include "stm32.h"

#define UART_SR REGISTER(EK_SOC_UART + 0x00U)
#define UART_DR REGISTER(EK_SOC_UART + 0x04U)
#define UART_BRR REGISTER(EK_SOC_UART + 0x08U)
#define UART_CR1 REGISTER(EK_SOC_UART + 0x0CU)
#define UART_ORE (1U << 3)
#define UART_RXNE (1U << 5)
#define UART_TXE (1U << 7)

static void uart_start(uint32_t hz)
{
    UART_BRR = (hz + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    UART_CR1 = 1U << 13 | 1U << 5 | 1U << 3 | 1U << 2; /* UE, RXNEIE, TE, RE; 8N1 */
}

/* Reading SR, then DR, clears RXNE and ORE: the interrupt is cleared with each byte. An overrun
 * interrupts even when no byte is left, and would do so for ever if DR were not read. */
static bool uart_take(uint8_t *byte)
{
    for (uint32_t sr = UART_SR; (sr & (UART_RXNE | UART_ORE)) != 0; sr = UART_SR) {
        *byte = (uint8_t)UART_DR;
        if ((sr & UART_RXNE) != 0) {
            return true;
        }
    }
    return false;
}

static bool uart_free(void)
{
    return (UART_SR & UART_TXE) != 0;
}

static void uart_put(uint8_t byte)
{
    UART_DR = byte;
}

#endif
