/* SPDX-License-Identifier: Apache-2.0 */
/* STM32F405: clocks, USART1, TIM2 and the marker pin. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "ek_ring.h"
#include "pins.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define RCC_CR REGISTER(0x40023800U)
#define RCC_PLLCFGR REGISTER(0x40023804U)
#define RCC_CFGR REGISTER(0x40023808U)
#define RCC_AHB1ENR REGISTER(0x40023830U)
#define RCC_APB1ENR REGISTER(0x40023840U)
#define RCC_APB2ENR REGISTER(0x40023844U)
#define PWR_CR REGISTER(0x40007000U)
#define FLASH_ACR REGISTER(0x40023C00U)

#define GPIO(pin, offset) REGISTER(0x40020000U + 0x400U * ((pin) / 16U) + (offset))
#define GPIO_MODER 0x00U
#define GPIO_BSRR 0x18U
#define GPIO_AFR(pin) (0x20U + 4U * ((pin) % 16U / 8U))

#define USART1_SR REGISTER(0x40011000U)
#define USART1_DR REGISTER(0x40011004U)
#define USART1_BRR REGISTER(0x40011008U)
#define USART1_CR1 REGISTER(0x4001100CU)
#define USART_SR_ORE (1U << 3)
#define USART_SR_RXNE (1U << 5)
#define USART_SR_TXE (1U << 7)

#define TIM2_CR1 REGISTER(0x40000000U)
#define TIM2_DIER REGISTER(0x4000000CU)
#define TIM2_SR REGISTER(0x40000010U)
#define TIM2_EGR REGISTER(0x40000014U)
#define TIM2_CNT REGISTER(0x40000024U)
#define TIM2_PSC REGISTER(0x40000028U)
#define TIM2_ARR REGISTER(0x4000002CU)

#define NVIC_ISER(number) REGISTER(0xE000E100U + 4U * ((number) / 32U))
#define TIM2_IRQ 28U
#define USART1_IRQ 37U

#define HSI_HZ 16000000U
#define PLL_HZ 168000000U

/* A crystal starts within 2 ms and the PLL locks within 0.3 ms; at 16 MHz a turn of the waiting
 * loop takes some eight cycles, so this is about 50 ms. */
#define PATIENCE 100000U

static ek_ring_t received;
static uint32_t usart_hz;
static uint32_t timer_hz;

static bool wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((*reg & mask) == value) {
            return true;
        }
    }
    return false;
}

/* 168 MHz from the crystal, or from the internal oscillator if the crystal does not start, or
 * that oscillator's 16 MHz if the PLL does not lock: a slow board still talks. */
static void start_clocks(void)
{
    usart_hz = HSI_HZ;
    timer_hz = HSI_HZ;
    RCC_APB1ENR |= 1U << 28; /* PWREN */
    (void)RCC_APB1ENR;
    PWR_CR |= 1U << 14; /* VOS: scale 1, needed above 144 MHz */
    RCC_CR |= 1U << 16; /* HSEON */
    const bool crystal = wait_for(&RCC_CR, 1U << 17, 1U << 17);
    const uint32_t m = (crystal ? (uint32_t)EK_BOARD_HSE_HZ : HSI_HZ) / 1000000U;
    RCC_PLLCFGR = m | 336U << 6 | 0U << 16 | (crystal ? 1U << 22 : 0U) | 7U << 24;
    RCC_CR |= 1U << 24; /* PLLON */
    if (!wait_for(&RCC_CR, 1U << 25, 1U << 25)) {
        return;
    }
    FLASH_ACR = 5U | 1U << 8 | 1U << 9 | 1U << 10; /* 5 wait states, prefetch, both caches */
    if (!wait_for(&FLASH_ACR, 7U, 5U)) {
        return;
    }
    RCC_CFGR = 5U << 10 | 4U << 13; /* APB1 = AHB / 4, APB2 = AHB / 2 */
    RCC_CFGR |= 2U;                 /* switch to the PLL */
    if (!wait_for(&RCC_CFGR, 3U << 2, 2U << 2)) {
        RCC_CFGR = 0;
        return;
    }
    usart_hz = PLL_HZ / 2;
    timer_hz = PLL_HZ / 2; /* a timer runs at twice its divided bus */
}

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

static void start_pins(void)
{
    RCC_AHB1ENR |= 1U << (EK_BOARD_CONSOLE_TX / 16) | 1U << (EK_BOARD_CONSOLE_RX / 16) |
                   1U << (EK_BOARD_MARKER / 16);
    (void)RCC_AHB1ENR; /* a peripheral needs two cycles after its clock is on */
    set_pin_function(EK_BOARD_CONSOLE_TX, 7U);
    set_pin_function(EK_BOARD_CONSOLE_RX, 7U);
    ek_port_marker(true);
    set_pin_mode(EK_BOARD_MARKER, 1U);
}

static void start_uart(void)
{
    RCC_APB2ENR |= 1U << 4; /* USART1EN */
    (void)RCC_APB2ENR;
    USART1_BRR = (usart_hz + EK_BOARD_BAUD / 2U) / EK_BOARD_BAUD;
    USART1_CR1 = 1U << 13 | 1U << 5 | 1U << 3 | 1U << 2; /* UE, RXNEIE, TE, RE; 8N1 */
    NVIC_ISER(USART1_IRQ) = 1U << (USART1_IRQ % 32U);
}

/* Free-running; interrupts once a turn, so that a sleeping console looks at the clock. */
static void start_timer(void)
{
    RCC_APB1ENR |= 1U << 0; /* TIM2EN */
    (void)RCC_APB1ENR;
    TIM2_PSC = 0;
    TIM2_ARR = 0xFFFFFFFFU;
    TIM2_EGR = 1U; /* UG: take PSC and ARR over */
    TIM2_SR = 0;
    TIM2_DIER = 1U; /* UIE */
    TIM2_CR1 = 1U;  /* CEN */
    NVIC_ISER(TIM2_IRQ) = 1U << (TIM2_IRQ % 32U);
}

void ek_port_init(void)
{
    start_clocks();
    start_pins();
    start_uart();
    start_timer();
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
    return TIM2_CNT;
}

uint32_t ek_port_ticks_hz(void)
{
    return timer_hz;
}

void ek_port_marker(bool high)
{
    GPIO(EK_BOARD_MARKER, GPIO_BSRR) = 1U << (EK_BOARD_MARKER % 16 + (high ? 0 : 16));
}

extern void (*const ek_interrupts[82])(void);
__attribute__((section(".vectors.interrupts"), used)) void (*const ek_interrupts[82])(void) = {
    [0 ... TIM2_IRQ - 1] = ek_fault,
    [TIM2_IRQ] = timer_interrupt,
    [TIM2_IRQ + 1 ... USART1_IRQ - 1] = ek_fault,
    [USART1_IRQ] = uart_interrupt,
    [USART1_IRQ + 1 ... 81] = ek_fault,
};
