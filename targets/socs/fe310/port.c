/* SPDX-License-Identifier: Apache-2.0 */
/* FE310: crystal, UART0, the cycle counter and the marker pin. Where each value comes from:
 * NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"

bool ek_interrupt(uint32_t number);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define PRCI_HFXOSCCFG REGISTER(0x10008004U)
#define PRCI_PLLCFG REGISTER(0x10008008U)

#define UART_TXDATA REGISTER(0x10013000U)
#define UART_RXDATA REGISTER(0x10013004U)
#define UART_TXCTRL REGISTER(0x10013008U)
#define UART_RXCTRL REGISTER(0x1001300CU)
#define UART_IE REGISTER(0x10013010U)
#define UART_DIV REGISTER(0x10013018U)
#define UART_FULL (1U << 31)  /* of TXDATA */
#define UART_EMPTY (1U << 31) /* of RXDATA */

#define GPIO_OUTPUT_EN REGISTER(0x10012008U)
#define GPIO_PORT REGISTER(0x1001200CU)
#define GPIO_IOF_EN REGISTER(0x10012038U)
#define GPIO_IOF_SEL REGISTER(0x1001203CU)
#define UART_PINS (1U << 16 | 1U << 17)

#define CLINT_MTIMECMP_LOW REGISTER(0x02004000U)
#define CLINT_MTIMECMP_HIGH REGISTER(0x02004004U)
#define CLINT_MTIME_LOW REGISTER(0x0200BFF8U)
#define CLINT_MTIME_HIGH REGISTER(0x0200BFFCU)

#define PLIC_PRIORITY(irq) REGISTER(0x0C000000U + 4U * (irq))
#define PLIC_ENABLE REGISTER(0x0C002000U)
#define PLIC_THRESHOLD REGISTER(0x0C200000U)
#define PLIC_CLAIM REGISTER(0x0C200004U)
#define UART_IRQ 3U

#define MIE_TIMER (1U << 7)
#define MIE_EXTERNAL (1U << 11)
#define CAUSE_TIMER 7U
#define CAUSE_EXTERNAL 11U

#define CLOCK_HZ 16000000U
/* Between two looks at the clock, whose low word turns over in 268 s: 60 s of 32.768 kHz. */
#define LOOK_TICKS (60U * 32768U)

static ek_ring_t received;

/* The crystal itself, without the PLL: what its neighbours in flash can follow. */
static void start_clock(void)
{
    PRCI_HFXOSCCFG = 1U << 30; /* hfxoscen */
    while ((PRCI_HFXOSCCFG & 1U << 31) == 0) {
    }
    PRCI_PLLCFG = 1U << 18 | 1U << 17; /* pllbypass, pllrefsel: the crystal */
    PRCI_PLLCFG = 1U << 18 | 1U << 17 | 1U << 16;
}

static void start_uart(void)
{
    GPIO_IOF_SEL = GPIO_IOF_SEL & ~UART_PINS;
    GPIO_IOF_EN = GPIO_IOF_EN | UART_PINS;
    UART_DIV = (CLOCK_HZ + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD - 1U;
    UART_TXCTRL = 1U;
    UART_RXCTRL = 1U; /* rxcnt 0: interrupt from the first byte on */
    UART_IE = 1U << 1;
    PLIC_PRIORITY(UART_IRQ) = 1U;
    PLIC_ENABLE = 1U << UART_IRQ;
    PLIC_THRESHOLD = 0;
}

/* So that a sleeping console looks at the clock often enough. The high word goes first and far
 * away, so that no half of the new value is compared with. */
static void look_later(void)
{
    uint32_t high;
    uint32_t low;
    do {
        high = CLINT_MTIME_HIGH;
        low = CLINT_MTIME_LOW;
    } while (high != CLINT_MTIME_HIGH);
    const uint64_t next = ((uint64_t)high << 32 | low) + LOOK_TICKS;
    CLINT_MTIMECMP_HIGH = 0xFFFFFFFFU;
    CLINT_MTIMECMP_LOW = (uint32_t)next;
    CLINT_MTIMECMP_HIGH = (uint32_t)(next >> 32);
}

void ek_port_init(void)
{
    start_clock();
    ek_port_marker(true);
    GPIO_OUTPUT_EN = GPIO_OUTPUT_EN | 1U << EK_BOARD_MARKER;
    start_uart();
    look_later();
    __asm volatile("csrw mie, %0" : : "r"(MIE_TIMER | MIE_EXTERNAL));
}

static void uart_interrupt(void)
{
    for (uint32_t data = UART_RXDATA; (data & UART_EMPTY) == 0; data = UART_RXDATA) {
        ek_ring_put(&received, (uint8_t)data);
    }
}

bool ek_interrupt(uint32_t number)
{
    if (number == CAUSE_TIMER) {
        look_later();
        return true;
    }
    const uint32_t claimed = number == CAUSE_EXTERNAL ? PLIC_CLAIM : 0;
    if (claimed == UART_IRQ) {
        uart_interrupt();
        PLIC_CLAIM = claimed;
    }
    /* A claim of 0: what there was is gone. */
    return number == CAUSE_EXTERNAL && (claimed == 0 || claimed == UART_IRQ);
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((UART_TXDATA & UART_FULL) != 0) {
        }
        UART_TXDATA = data[i];
    }
}

/* WFI wakes up for an interrupt that is masked: none can slip in between the look and the sleep. */
void ek_port_wait(void)
{
    __asm volatile("csrci mstatus, 8" ::: "memory");
    if (ek_ring_empty(&received)) {
        __asm volatile("wfi" ::: "memory");
    }
    __asm volatile("csrsi mstatus, 8" ::: "memory");
}

uint32_t ek_port_ticks(void)
{
    uint32_t cycles;
    __asm volatile("csrr %0, mcycle" : "=r"(cycles));
    return cycles;
}

uint32_t ek_port_ticks_hz(void)
{
    return CLOCK_HZ;
}

void ek_port_marker(bool high)
{
    const uint32_t bit = 1U << EK_BOARD_MARKER;
    GPIO_PORT = high ? GPIO_PORT | bit : GPIO_PORT & ~bit;
}
