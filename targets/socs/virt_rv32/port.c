/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's virtual RISC-V machine: a 16550 UART and the CLINT's timer; it has no pin to mark with.
 * Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"

bool ek_interrupt(uint32_t number);

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define REGISTER8(address) (*(volatile uint8_t *)(address))

#define UART_DATA REGISTER8(0x10000000U)
#define UART_IER REGISTER8(0x10000001U)
#define UART_FCR REGISTER8(0x10000002U)
#define UART_LSR REGISTER8(0x10000005U)
#define UART_LSR_RECEIVED (1U << 0)
#define UART_LSR_ROOM (1U << 5)

#define CLINT_MTIMECMP_LOW REGISTER(0x02004000U)
#define CLINT_MTIMECMP_HIGH REGISTER(0x02004004U)
#define CLINT_MTIME_LOW REGISTER(0x0200BFF8U)
#define CLINT_MTIME_HIGH REGISTER(0x0200BFFCU)

#define PLIC_PRIORITY(irq) REGISTER(0x0C000000U + 4U * (irq))
#define PLIC_ENABLE REGISTER(0x0C002000U)
#define PLIC_THRESHOLD REGISTER(0x0C200000U)
#define PLIC_CLAIM REGISTER(0x0C200004U)
#define UART_IRQ 10U

#define MIE_TIMER (1U << 7)
#define MIE_EXTERNAL (1U << 11)
#define CAUSE_TIMER 7U
#define CAUSE_EXTERNAL 11U

#define TIMER_HZ 10000000U

extern uint32_t ek_stack_low[];

static ek_ring_t received;

/* Half a turn of the clock's low word later, so that a sleeping console looks at it in time. */
static void look_later(void)
{
    const uint32_t low = CLINT_MTIME_LOW;
    const uint32_t high = CLINT_MTIME_HIGH;
    CLINT_MTIMECMP_HIGH = 0xFFFFFFFFU; /* no half of the new value is compared with */
    CLINT_MTIMECMP_LOW = low ^ 0x80000000U;
    CLINT_MTIMECMP_HIGH = high + (low >> 31);
}

/* Below the RAM there is more of it: a stack that overflows would run over the code, unnoticed.
 * The physical memory protection closes the last 4 KB of that, for machine mode too. */
static void guard_stack(void)
{
    const uintptr_t page = (uintptr_t)ek_stack_low - 4096U;
    const uint32_t napot = (uint32_t)(page >> 2) | (4096U / 8U - 1U);
    const uint32_t locked_without_rights = 1U << 7 | 3U << 3;
    __asm volatile("csrw pmpaddr0, %0" : : "r"(napot));
    __asm volatile("csrw pmpcfg0, %0" : : "r"(locked_without_rights));
}

void ek_port_init(void)
{
    guard_stack();
    UART_FCR = 1U; /* buffers on */
    UART_IER = 1U;
    PLIC_PRIORITY(UART_IRQ) = 1U;
    PLIC_ENABLE = 1U << UART_IRQ;
    PLIC_THRESHOLD = 0;
    look_later();
    __asm volatile("csrw mie, %0" : : "r"(MIE_TIMER | MIE_EXTERNAL));
}

static void uart_interrupt(void)
{
    while ((UART_LSR & UART_LSR_RECEIVED) != 0) {
        ek_ring_put(&received, UART_DATA);
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
        while ((UART_LSR & UART_LSR_ROOM) == 0) {
        }
        UART_DATA = data[i];
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
    return CLINT_MTIME_LOW;
}

uint32_t ek_port_ticks_hz(void)
{
    return TIMER_HZ;
}

void ek_port_marker(bool high)
{
    (void)high;
}
