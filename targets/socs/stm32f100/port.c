/* SPDX-License-Identifier: Apache-2.0 */
/* STM32F100: clocks, USART1, SysTick and the marker pin. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"
#include "startup/ek_systick.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define RCC_CR REGISTER(0x40021000U)
#define RCC_CFGR REGISTER(0x40021004U)
#define RCC_APB2ENR REGISTER(0x40021018U)

#define GPIOA_CRH REGISTER(0x40010804U)
#define GPIOC_CRH REGISTER(0x40011004U)
#define GPIOC_BSRR REGISTER(0x40011010U)

#define USART1_SR REGISTER(0x40013800U)
#define USART1_DR REGISTER(0x40013804U)
#define USART1_BRR REGISTER(0x40013808U)
#define USART1_CR1 REGISTER(0x4001380CU)
#define USART_SR_ORE (1U << 3)
#define USART_SR_RXNE (1U << 5)
#define USART_SR_TXE (1U << 7)

#define NVIC_ISER(number) REGISTER(0xE000E100U + 4U * ((number) / 32U))
#define USART1_IRQ 37U

#define HSI_HZ 8000000U
#define PLL_HZ 24000000U
#define PATIENCE 100000U /* some 100 ms at 8 MHz: crystal 2 ms, PLL 0.2 ms */

static ek_ring_t received;
static uint32_t clock_hz;

static bool wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((*reg & mask) == value) {
            return true;
        }
    }
    return false;
}

/* 24 MHz: the crystal's 8 MHz times 3; or the internal oscillator's 4 MHz times 6. */
static void start_clocks(void)
{
    clock_hz = HSI_HZ;
    RCC_CR |= 1U << 16; /* HSEON */
    const bool crystal = wait_for(&RCC_CR, 1U << 17, 1U << 17);
    RCC_CFGR = crystal ? 1U << 16 | 1U << 18 : 4U << 18;
    RCC_CR |= 1U << 24; /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25)) {
        return;
    }
    RCC_CFGR |= 2U; /* switch to the PLL */
    if (wait_for(&RCC_CFGR, 3U << 2, 2U << 2)) {
        clock_hz = PLL_HZ;
    }
}

void ek_port_init(void)
{
    start_clocks();
    RCC_APB2ENR |= 1U << 14 | 1U << 4 | 1U << 2; /* USART1, ports C and A */
    (void)RCC_APB2ENR;
    GPIOA_CRH = (GPIOA_CRH & ~0xFF0U) | 0x4B0U; /* PA9: function, push-pull; PA10: input */
    ek_port_marker(true);
    const uint32_t shift = 4U * (EK_BOARD_MARKER - 8U);
    GPIOC_CRH = (GPIOC_CRH & ~(15U << shift)) | 3U << shift; /* output, push-pull */
    USART1_BRR = (clock_hz + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    USART1_CR1 = 1U << 13 | 1U << 5 | 1U << 3 | 1U << 2; /* UE, RXNEIE, TE, RE; 8N1 */
    NVIC_ISER(USART1_IRQ) = 1U << (USART1_IRQ % 32U);
    ek_systick_start();
}

/* Reading SR, then DR, clears RXNE and ORE: the interrupt is cleared with each byte. An overrun
 * interrupts even when no byte is left, and would do so for ever if DR were not read. */
static void uart_interrupt(void)
{
    for (uint32_t sr = USART1_SR; (sr & (USART_SR_RXNE | USART_SR_ORE)) != 0; sr = USART1_SR) {
        const uint8_t byte = (uint8_t)USART1_DR;
        if ((sr & USART_SR_RXNE) != 0) {
            ek_ring_put(&received, byte);
        }
    }
}

bool ek_port_read(uint8_t *byte)
{
    return ek_ring_take(&received, byte);
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while ((USART1_SR & USART_SR_TXE) == 0) {
        }
        USART1_DR = data[i];
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
    return ek_systick_ticks();
}

uint32_t ek_port_ticks_hz(void)
{
    return clock_hz;
}

void ek_port_marker(bool high)
{
    GPIOC_BSRR = 1U << (EK_BOARD_MARKER + (high ? 0 : 16));
}

extern void (*const ek_interrupts[61])(void);
__attribute__((section(".vectors.interrupts"), used)) void (*const ek_interrupts[61])(void) = {
    [0 ... USART1_IRQ - 1] = ek_fault,
    [USART1_IRQ] = uart_interrupt,
    [USART1_IRQ + 1 ... 60] = ek_fault,
};
