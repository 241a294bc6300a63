/* SPDX-License-Identifier: Apache-2.0 */
/* ESP32-C3: clocks, UART0, the system timer, marker pin and LED. Where each value comes from:
 * NOTES.md. */
#include "ek_board.h"
#include "ek_core.h"
#include "ek_port.h"
#include "ek_ring.h"

bool ek_interrupt(uint32_t number);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define UART_FIFO REGISTER(0x60000000U)
#define UART_INT_ENA REGISTER(0x6000000CU)
#define UART_INT_CLR REGISTER(0x60000010U)
#define UART_CLKDIV REGISTER(0x60000014U)
#define UART_STATUS REGISTER(0x6000001CU)
#define UART_CONF1 REGISTER(0x60000024U)
#define UART_CLK_CONF REGISTER(0x60000078U)
#define UART_WAITING(status) ((status) & 0x3FFU)
#define UART_SENDING(status) ((status) >> 16 & 0x3FFU)
#define UART_FIFO_BYTES 128U
#define UART_EVENTS (1U << 0 | 1U << 4 | 1U << 8) /* so many bytes; too many; none for a while */

#define GPIO_OUT_SET REGISTER(0x60004008U)
#define GPIO_OUT_CLR REGISTER(0x6000400CU)
#define GPIO_ENABLE_SET REGISTER(0x60004024U)
#define GPIO_FUNCTION(pin) REGISTER(0x60004554U + 4U * (pin))
#define IO_MUX(pin) REGISTER(0x60009004U + 4U * (pin))

#define RTC_WDTCONFIG0 REGISTER(0x60008090U)
#define RTC_WDTWPROTECT REGISTER(0x600080A8U)
#define RTC_SWD_CONF REGISTER(0x600080ACU)
#define RTC_SWD_WPROTECT REGISTER(0x600080B0U)
#define TIMER_GROUP_WDTCONFIG0(group) REGISTER(0x6001F048U + 0x1000U * (group))
#define TIMER_GROUP_WDTWPROTECT(group) REGISTER(0x6001F064U + 0x1000U * (group))
#define WDT_KEY 0x50D83AA1U
#define SWD_KEY 0x8F1D312AU

#define SYSTIMER_CONF REGISTER(0x60023000U)
#define SYSTIMER_OP REGISTER(0x60023004U)
#define SYSTIMER_TARGET0_CONF REGISTER(0x60023034U)
#define SYSTIMER_LOW REGISTER(0x60023044U)
#define SYSTIMER_COMP0_LOAD REGISTER(0x60023050U)
#define SYSTIMER_INT_ENA REGISTER(0x60023064U)
#define SYSTIMER_INT_CLR REGISTER(0x6002306CU)
#define SYSTIMER_HZ 16000000U
#define SYSTIMER_PATIENCE 100U /* turns of a loop; the value is there after some cycles */
#define LOOK_TICKS 0x3FFFFFFU  /* between two looks at the clock: 4.2 s */

#define SYSTEM_CPU_PER_CONF REGISTER(0x600C0008U)
#define SYSTEM_SYSCLK_CONF REGISTER(0x600C0058U)

/* Which of the core's interrupts a source raises, and those interrupts' switches. */
#define INTERRUPT_MAP(source) REGISTER(0x600C2000U + 4U * (source))
#define INTERRUPT_ENABLE REGISTER(0x600C2104U)
#define INTERRUPT_TYPE REGISTER(0x600C2108U)
#define INTERRUPT_PRIORITY(number) REGISTER(0x600C2114U + 4U * (number))
#define INTERRUPT_THRESHOLD REGISTER(0x600C2194U)
#define UART_SOURCE 21U
#define SYSTIMER_SOURCE 37U
#define UART_INTERRUPT 1U
#define SYSTIMER_INTERRUPT 2U

#define XTAL_HZ 40000000U

/* This core knows vectored traps alone: 32 jumps, the first for exceptions, aligned to 256. */
extern const uint32_t ek_trap_vectors[];
__asm(".section .text.ek_trap_vectors, \"ax\"\n"
      ".balign 256\n"
      ".option push\n"
      ".option norvc\n"
      ".global ek_trap_vectors\n"
      "ek_trap_vectors:\n"
      ".rept 32\n"
      "j ek_trap_entry\n"
      ".endr\n"
      ".option pop\n"
      ".text\n");

static ek_ring_t received;

/* The boot ROM leaves them on, to catch an image that hangs. */
static void stop_watchdogs(void)
{
    RTC_WDTWPROTECT = WDT_KEY;
    RTC_WDTCONFIG0 = 0;
    RTC_WDTWPROTECT = 0;
    RTC_SWD_WPROTECT = SWD_KEY;
    RTC_SWD_CONF |= 1U << 31; /* SWD_AUTO_FEED_EN */
    RTC_SWD_WPROTECT = 0;
    for (uint32_t group = 0; group < 2; group++) {
        TIMER_GROUP_WDTWPROTECT(group) = WDT_KEY;
        TIMER_GROUP_WDTCONFIG0(group) = 0;
        TIMER_GROUP_WDTWPROTECT(group) = 0;
    }
}

/* The PLL's 480 MHz, divided to 160. No bit says that it is locked: it runs since the boot ROM. */
static void start_clocks(void)
{
    SYSTEM_CPU_PER_CONF = (SYSTEM_CPU_PER_CONF & ~3U) | 1U << 2 | 1U << 0;
    SYSTEM_SYSCLK_CONF = (SYSTEM_SYSCLK_CONF & ~(3U << 10 | 0x3FFU)) | 1U << 10;
}

static void start_output(uint32_t pin)
{
    GPIO_OUT_SET = 1U << pin;
    GPIO_FUNCTION(pin) = 128U;         /* what GPIO_OUT says */
    IO_MUX(pin) = 1U << 12 | 2U << 10; /* function 1: GPIO; 20 mA */
    GPIO_ENABLE_SET = 1U << pin;
}

static void start_interrupt(uint32_t source, uint32_t number)
{
    INTERRUPT_MAP(source) = number;
    INTERRUPT_PRIORITY(number) = 1U;
    INTERRUPT_TYPE &= ~(1U << number); /* by level */
    INTERRUPT_ENABLE |= 1U << number;
}

/* Pins and 8N1 are as the boot ROM set them up for its own messages. The crystal clocks it, so that
 * the rate does not depend on the PLL. */
static void start_uart(void)
{
    const uint32_t divisor = (XTAL_HZ / EK_BOARD_BAUD) << 4 |
                             ((XTAL_HZ % EK_BOARD_BAUD) * 16U + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    UART_CLK_CONF = 1U << 25 | 1U << 24 | 1U << 22 | 3U << 20; /* on, from the crystal */
    UART_CLKDIV = divisor / 16U | divisor % 16U << 20;
    UART_CONF1 = 1U << 21 | 96U << 9 | 1U << 0; /* RX_TOUT_EN; an event from the first byte on */
    UART_INT_CLR = UART_EVENTS;
    UART_INT_ENA = UART_EVENTS;
    start_interrupt(UART_SOURCE, UART_INTERRUPT);
}

/* Free-running at 16 MHz; interrupts now and then, so that a sleeping console looks at the clock.
 */
static void start_timer(void)
{
    SYSTIMER_CONF |= 1U << 31 | 1U << 30;
    SYSTIMER_TARGET0_CONF = 1U << 30 | LOOK_TICKS; /* again and again */
    SYSTIMER_COMP0_LOAD = 1U;
    SYSTIMER_CONF |= 1U << 24; /* TARGET0_WORK_EN */
    SYSTIMER_INT_ENA = 1U;
    start_interrupt(SYSTIMER_SOURCE, SYSTIMER_INTERRUPT);
}

void ek_port_init(void)
{
    __asm volatile("csrci mstatus, 8" ::: "memory");
    __asm volatile("csrw mtvec, %0" : : "r"((uintptr_t)ek_trap_vectors | 1U));
    stop_watchdogs();
    start_clocks();
    start_output(EK_BOARD_MARKER);
    start_output(EK_BOARD_LED); /* lit until the host's first byte */
    INTERRUPT_ENABLE = 0;
    INTERRUPT_THRESHOLD = 1U;
    start_uart();
    start_timer();
    __asm volatile("csrsi mstatus, 8" ::: "memory");
}

/* Cleared before draining: a byte that arrives in between raises the interrupt again. */
static void uart_interrupt(void)
{
    UART_INT_CLR = UART_EVENTS;
    while (UART_WAITING(UART_STATUS) > 0) {
        ek_ring_put(&received, (uint8_t)UART_FIFO);
    }
    GPIO_OUT_CLR = 1U << EK_BOARD_LED;
}

bool ek_interrupt(uint32_t number)
{
    if (number == UART_INTERRUPT) {
        uart_interrupt();
    } else if (number == SYSTIMER_INTERRUPT) {
        SYSTIMER_INT_CLR = 1U;
    } else {
        return false;
    }
    return true;
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while (UART_SENDING(UART_STATUS) >= UART_FIFO_BYTES - 1U) {
        }
        UART_FIFO = data[i];
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
    SYSTIMER_OP = 1U << 30; /* copy the counter to where it can be read */
    for (uint32_t turn = 0; turn < SYSTIMER_PATIENCE && (SYSTIMER_OP & 1U << 29) == 0; turn++) {
    }
    return SYSTIMER_LOW;
}

uint32_t ek_port_ticks_hz(void)
{
    return SYSTIMER_HZ;
}

void ek_port_marker(bool high)
{
    if (high) {
        GPIO_OUT_SET = 1U << EK_BOARD_MARKER;
    } else {
        GPIO_OUT_CLR = 1U << EK_BOARD_MARKER;
    }
}

/* This core has no mcycle. It counts what one register (0x7E0, PCER) names, bit 0 the cycles, while
 * another one (0x7E1, PCMR) lets it. */
void ek_core_count(bool on)
{
    __asm volatile("csrw 0x7E0, %0" : : "r"((uint32_t)on));
    __asm volatile("csrw 0x7E1, %0" : : "r"((uint32_t)on));
}

uint32_t ek_core_cycles(void)
{
    uint32_t cycles;
    __asm volatile("csrr %0, 0x7E2" : "=r"(cycles)); /* PCCR */
    return cycles;
}
