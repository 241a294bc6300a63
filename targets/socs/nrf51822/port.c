/* SPDX-License-Identifier: Apache-2.0 */
/* nRF51822: crystal, UART0, TIMER0 and the marker pin. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define CLOCK_HFCLKSTART REGISTER(0x40000000U)
#define CLOCK_HFCLKSTARTED REGISTER(0x40000100U)

#define UART_STARTRX REGISTER(0x40002000U)
#define UART_STARTTX REGISTER(0x40002008U)
#define UART_RXDRDY REGISTER(0x40002108U)
#define UART_TXDRDY REGISTER(0x4000211CU)
#define UART_INTENSET REGISTER(0x40002304U)
#define UART_ENABLE REGISTER(0x40002500U)
#define UART_PSELTXD REGISTER(0x4000250CU)
#define UART_PSELRXD REGISTER(0x40002514U)
#define UART_RXD REGISTER(0x40002518U)
#define UART_TXD REGISTER(0x4000251CU)
#define UART_BAUDRATE REGISTER(0x40002524U)

#define TIMER_START REGISTER(0x40008000U)
#define TIMER_CAPTURE0 REGISTER(0x40008040U)
#define TIMER_COMPARE1 REGISTER(0x40008144U)
#define TIMER_INTENSET REGISTER(0x40008304U)
#define TIMER_BITMODE REGISTER(0x40008508U)
#define TIMER_PRESCALER REGISTER(0x40008510U)
#define TIMER_CC0 REGISTER(0x40008540U)
#define TIMER_CC1 REGISTER(0x40008544U)

#define GPIO_OUTSET REGISTER(0x50000508U)
#define GPIO_OUTCLR REGISTER(0x5000050CU)
#define GPIO_DIRSET REGISTER(0x50000518U)
#define GPIO_PIN_CNF(pin) REGISTER(0x50000700U + 4U * (pin))

#define NVIC_ISER REGISTER(0xE000E100U)
#define UART_IRQ 2
#define TIMER_IRQ 8

#define CLOCK_HZ 16000000U

static ek_ring_t received;

/* The UART's clock must be exact: the crystal's. */
static void start_clock(void)
{
    CLOCK_HFCLKSTART = 1U;
    while (CLOCK_HFCLKSTARTED == 0) {
    }
}

static void start_uart(void)
{
    GPIO_OUTSET = 1U << EK_BOARD_CONSOLE_TX; /* the line idles high */
    GPIO_DIRSET = 1U << EK_BOARD_CONSOLE_TX;
    GPIO_PIN_CNF(EK_BOARD_CONSOLE_RX) = 0; /* an input that is connected, without pull */
    UART_PSELTXD = EK_BOARD_CONSOLE_TX;
    UART_PSELRXD = EK_BOARD_CONSOLE_RX;
    /* Baud * 2^32 / 16 MHz, of which the chip takes the upper 20 bits. */
    UART_BAUDRATE = (uint32_t)((((uint64_t)EK_BOARD_BAUD << 32) / CLOCK_HZ + 0x800U) & 0xFFFFF000U);
    UART_ENABLE = 4U;
    UART_INTENSET = 1U << 2; /* RXDRDY */
    UART_STARTTX = 1U;
    UART_STARTRX = 1U;
}

/* Free-running at 16 MHz; interrupts once a turn, so that a sleeping console looks at the clock. */
static void start_timer(void)
{
    TIMER_BITMODE = 3U; /* 32 bits, which TIMER0 alone can do */
    TIMER_PRESCALER = 0;
    TIMER_CC1 = 0xFFFFFFFFU;
    TIMER_INTENSET = 1U << 17; /* COMPARE1 */
    TIMER_START = 1U;
}

void ek_port_init(void)
{
    start_clock();
    ek_port_marker(true);
    GPIO_DIRSET = 1U << EK_BOARD_MARKER;
    start_uart();
    start_timer();
    NVIC_ISER = 1U << UART_IRQ | 1U << TIMER_IRQ;
}

/* The event is cleared before its byte is read: reading makes room for the next, which raises the
 * event again. */
static void uart_interrupt(void)
{
    while (UART_RXDRDY != 0) {
        UART_RXDRDY = 0;
        ek_ring_put(&received, (uint8_t)UART_RXD);
    }
}

static void timer_interrupt(void)
{
    TIMER_COMPARE1 = 0;
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        UART_TXDRDY = 0;
        UART_TXD = data[i];
        while (UART_TXDRDY == 0) {
        }
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
    TIMER_CAPTURE0 = 1U;
    return TIMER_CC0;
}

uint32_t ek_port_ticks_hz(void)
{
    return CLOCK_HZ;
}

void ek_port_marker(bool high)
{
    if (high) {
        GPIO_OUTSET = 1U << EK_BOARD_MARKER;
    } else {
        GPIO_OUTCLR = 1U << EK_BOARD_MARKER;
    }
}

extern void (*const ek_interrupts[32])(void);
__attribute__((section(".vectors.interrupts"), used)) void (*const ek_interrupts[32])(void) = {
    [0 ... UART_IRQ - 1] = ek_fault,
    [UART_IRQ] = uart_interrupt,
    [UART_IRQ + 1 ... TIMER_IRQ - 1] = ek_fault,
    [TIMER_IRQ] = timer_interrupt,
    [TIMER_IRQ + 1 ... 31] = ek_fault,
};
