/* SPDX-License-Identifier: Apache-2.0 */
/* nRF51 and nRF52: crystal, UART0, TIMER0, the marker pin and an LED. Where each value comes from:
 * NOTES.md. */
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

/* Pins from 32 on are those of port 1. */
#define GPIO(pin, offset) REGISTER(0x50000000U + 0x300U * ((pin) / 32U) + (offset))
#define GPIO_OUTSET 0x508U
#define GPIO_OUTCLR 0x50CU
#define GPIO_DIRSET 0x518U
#define GPIO_PIN_CNF(pin) (0x700U + 4U * ((pin) % 32U))

#define NVIC_ISER REGISTER(0xE000E100U)
#define NVIC_ICER(word) REGISTER(0xE000E180U + 4U * (word))
#define UART_IRQ 2
#define TIMER_IRQ 8

#define CLOCK_HZ 16000000U

/* The crystal starts within 2 ms; a turn of the waiting loop takes eight cycles or more, so this is
 * 12 ms at 64 MHz and 50 ms at 16 MHz. */
#define PATIENCE 100000U

static ek_ring_t received;

/* The UART's clock is to be exact: the crystal's. If that does not start, the internal oscillator
 * goes on at the same rate, less exact: a slow board still talks. */
static void start_clock(void)
{
#if EK_SOC_CACHE
    REGISTER(EK_SOC_CACHE) = 1U; /* NVMC_ICACHECNF: CACHEEN */
#endif
    CLOCK_HFCLKSTART = 1U;
    for (uint32_t turn = 0; turn < PATIENCE && CLOCK_HFCLKSTARTED == 0; turn++) {
    }
}

static void set_pin(uint32_t pin, bool high)
{
    GPIO(pin, high ? GPIO_OUTSET : GPIO_OUTCLR) = 1U << (pin % 32U);
}

static void start_output(uint32_t pin, bool high)
{
    set_pin(pin, high);
    GPIO(pin, GPIO_DIRSET) = 1U << (pin % 32U);
}

/* Lit until the host's first byte: the board lives, and nothing glows while it is measured. */
static void set_led(bool lit)
{
    set_pin(EK_BOARD_LED, lit == (EK_BOARD_LED_LEVEL != 0));
}

static void start_uart(void)
{
    start_output(EK_BOARD_CONSOLE_TX, true); /* the line idles high */
    /* An input that is connected, with pull-up: an open line is idle, too. */
    GPIO(EK_BOARD_CONSOLE_RX, GPIO_PIN_CNF(EK_BOARD_CONSOLE_RX)) = 3U << 2;
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
    /* A boot loader may have left interrupts on that nobody here serves. */
    for (uint32_t word = 0; word < (EK_SOC_INTERRUPTS + 31U) / 32U; word++) {
        NVIC_ICER(word) = 0xFFFFFFFFU;
    }
    start_clock();
    start_output(EK_BOARD_MARKER, true);
    start_output(EK_BOARD_LED_SINK, false);
    start_output(EK_BOARD_LED, EK_BOARD_LED_LEVEL != 0);
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
    set_led(false);
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
    set_pin(EK_BOARD_MARKER, high);
}

extern void (*const ek_interrupts[EK_SOC_INTERRUPTS])(void);
__attribute__((section(".vectors.interrupts"),
               used)) void (*const ek_interrupts[EK_SOC_INTERRUPTS])(void) = {
    [0 ... UART_IRQ - 1] = ek_fault,
    [UART_IRQ] = uart_interrupt,
    [UART_IRQ + 1 ... TIMER_IRQ - 1] = ek_fault,
    [TIMER_IRQ] = timer_interrupt,
    [TIMER_IRQ + 1 ... EK_SOC_INTERRUPTS - 1U] = ek_fault,
};
