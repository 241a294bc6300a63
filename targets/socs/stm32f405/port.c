/* SPDX-License-Identifier: Apache-2.0 */
/* The STM32 with a 32-bit TIM2: USART, timer, marker pin and LED. Clocks, and which USART it is,
 * are in the chip's chip.h, addresses in its soc.toml. Where each value comes from: NOTES.md. */
#include "ek_port.h"

#include "chip.h"
#include "ek_board.h"
#include "ek_ring.h"
#include "pins.h"

void ek_fault(void);

#define GPIO(pin, offset) REGISTER(EK_SOC_GPIO + 0x400U * ((pin) / 16U) + (offset))
#define GPIO_MODER 0x00U
#define GPIO_BSRR 0x18U
#define GPIO_AFR(pin) (0x20U + 4U * ((pin) % 16U / 8U))

#define TIM2_CR1 REGISTER(0x40000000U)
#define TIM2_DIER REGISTER(0x4000000CU)
#define TIM2_SR REGISTER(0x40000010U)
#define TIM2_EGR REGISTER(0x40000014U)
#define TIM2_CNT REGISTER(0x40000024U)
#define TIM2_PSC REGISTER(0x40000028U)
#define TIM2_ARR REGISTER(0x4000002CU)

#define NVIC_ISER(number) REGISTER(0xE000E100U + 4U * ((number) / 32U))

static ek_ring_t received;
static clocks_t clocks;

static void set_pin_mode(uint32_t pin, uint32_t mode)
{
    const uint32_t shift = 2U * (pin % 16U);
    GPIO(pin, GPIO_MODER) = (GPIO(pin, GPIO_MODER) & ~(3U << shift)) | mode << shift;
}

static void set_pin_function(uint32_t pin, uint32_t function)
{
    const uint32_t shift = 4U * (pin % 8U);
    GPIO(pin, GPIO_AFR(pin)) = (GPIO(pin, GPIO_AFR(pin)) & ~(15U << shift)) | function << shift;
    set_pin_mode(pin, 2U);
}

static void set_pin(uint32_t pin, bool high)
{
    GPIO(pin, GPIO_BSRR) = 1U << (pin % 16U + (high ? 0U : 16U));
}

/* Lit until the host's first byte: the board lives, and nothing glows while it is measured. */
static void set_led(bool lit)
{
    set_pin(EK_BOARD_LED, lit == (EK_BOARD_LED_LEVEL != 0));
}

static void start_pins(void)
{
    REGISTER(EK_SOC_GPIO_CLOCK) |= 1U << (EK_BOARD_CONSOLE_TX / 16) |
                                   1U << (EK_BOARD_CONSOLE_RX / 16) | 1U << (EK_BOARD_MARKER / 16) |
                                   1U << (EK_BOARD_LED / 16);
    (void)REGISTER(EK_SOC_GPIO_CLOCK); /* a peripheral needs two cycles after its clock is on */
    set_pin_function(EK_BOARD_CONSOLE_TX, EK_SOC_UART_FUNCTION);
    set_pin_function(EK_BOARD_CONSOLE_RX, EK_SOC_UART_FUNCTION);
    ek_port_marker(true);
    set_pin_mode(EK_BOARD_MARKER, 1U);
    set_led(true);
    set_pin_mode(EK_BOARD_LED, 1U);
}

static void start_uart(void)
{
    REGISTER(EK_SOC_UART_CLOCK) |= 1U << EK_SOC_UART_CLOCK_BIT;
    (void)REGISTER(EK_SOC_UART_CLOCK);
    uart_start(clocks.uart);
    NVIC_ISER(EK_SOC_UART_IRQ) = 1U << (EK_SOC_UART_IRQ % 32U);
}

/* Free-running; interrupts once a turn, so that a sleeping console looks at the clock. */
static void start_timer(void)
{
    REGISTER(EK_SOC_TIMER_CLOCK) |= 1U << 0; /* TIM2EN */
    (void)REGISTER(EK_SOC_TIMER_CLOCK);
    TIM2_PSC = 0;
    TIM2_ARR = 0xFFFFFFFFU;
    TIM2_EGR = 1U; /* UG: take PSC and ARR over */
    TIM2_SR = 0;
    TIM2_DIER = 1U; /* UIE */
    TIM2_CR1 = 1U;  /* CEN */
    NVIC_ISER(EK_SOC_TIMER_IRQ) = 1U << (EK_SOC_TIMER_IRQ % 32U);
}

void ek_port_init(void)
{
    clocks = start_clocks();
    start_pins();
    start_uart();
    start_timer();
}

static void uart_interrupt(void)
{
    uint8_t byte;
    while (uart_take(&byte)) {
        ek_ring_put(&received, byte);
    }
    set_led(false);
}

static void timer_interrupt(void)
{
    TIM2_SR = 0;
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while (!uart_free()) {
        }
        uart_put(data[i]);
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
    return TIM2_CNT;
}

uint32_t ek_port_ticks_hz(void)
{
    return clocks.timer;
}

void ek_port_marker(bool high)
{
    set_pin(EK_BOARD_MARKER, high);
}

extern void (*const ek_interrupts[EK_SOC_INTERRUPTS])(void);
__attribute__((section(".vectors.interrupts"),
               used)) void (*const ek_interrupts[EK_SOC_INTERRUPTS])(void) = {
    [0 ... EK_SOC_TIMER_IRQ - 1U] = ek_fault,
    [EK_SOC_TIMER_IRQ] = timer_interrupt,
    [EK_SOC_TIMER_IRQ + 1U ... EK_SOC_UART_IRQ - 1U] = ek_fault,
    [EK_SOC_UART_IRQ] = uart_interrupt,
    [EK_SOC_UART_IRQ + 1U ... EK_SOC_INTERRUPTS - 1U] = ek_fault,
};
