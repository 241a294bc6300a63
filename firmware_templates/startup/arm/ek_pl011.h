/* SPDX-License-Identifier: Apache-2.0 */
/* Arm's PL011 UART (PrimeCell, DDI 0183): 8N1, receiving by interrupt. Include it in port.c after
 * EK_PL011_BASE and EK_PL011_IRQ are defined, and put ek_pl011_interrupt into the vectors. */
#ifndef EK_PL011_H
#define EK_PL011_H

#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"

#define EK_PL011(offset) (*(volatile uint32_t *)(EK_PL011_BASE + (offset)))
#define EK_PL011_DR EK_PL011(0x00U)
#define EK_PL011_FR EK_PL011(0x18U)
#define EK_PL011_IBRD EK_PL011(0x24U)
#define EK_PL011_FBRD EK_PL011(0x28U)
#define EK_PL011_LCRH EK_PL011(0x2CU)
#define EK_PL011_CR EK_PL011(0x30U)
#define EK_PL011_IMSC EK_PL011(0x38U)
#define EK_PL011_ICR EK_PL011(0x44U)
#define EK_PL011_RECEIVED (1U << 4 | 1U << 6) /* a byte; a byte that waited */
#define EK_PL011_RX_EMPTY (1U << 4)
#define EK_PL011_TX_FULL (1U << 5)

#define EK_PL011_NVIC_ISER (*(volatile uint32_t *)(0xE000E100U + 4U * (EK_PL011_IRQ / 32U)))

static ek_ring_t ek_pl011_ring;

/* clock_hz: what the UART is clocked with. */
static inline void ek_pl011_start(uint32_t clock_hz)
{
    /* The divisor in 64ths: clock / (16 * baud) * 64. */
    const uint32_t divisor = (4U * clock_hz + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    EK_PL011_IBRD = divisor / 64U;
    EK_PL011_FBRD = divisor % 64U;
    EK_PL011_LCRH = 3U << 5; /* 8N1; the buffers off: every byte interrupts */
    EK_PL011_IMSC = EK_PL011_RECEIVED;
    EK_PL011_CR = 1U << 9 | 1U << 8 | 1U << 0;
    EK_PL011_NVIC_ISER = 1U << (EK_PL011_IRQ % 32U);
}

/* Cleared before draining: a byte that arrives in between raises the interrupt again. */
static void ek_pl011_interrupt(void)
{
    EK_PL011_ICR = EK_PL011_RECEIVED;
    while ((EK_PL011_FR & EK_PL011_RX_EMPTY) == 0) {
        ek_ring_put(&ek_pl011_ring, (uint8_t)EK_PL011_DR);
    }
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&ek_pl011_ring, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((EK_PL011_FR & EK_PL011_TX_FULL) != 0) {
        }
        EK_PL011_DR = data[i];
    }
}

/* WFI wakes up for an interrupt that is masked: none can slip in between the look and the sleep. */
void ek_port_wait(void)
{
    __asm volatile("cpsid i" ::: "memory");
    if (ek_ring_empty(&ek_pl011_ring)) {
        __asm volatile("wfi" ::: "memory");
    }
    __asm volatile("cpsie i" ::: "memory");
}

#endif
