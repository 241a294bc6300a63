/* SPDX-License-Identifier: Apache-2.0 */
/* RP2350: clocks, UART0, TIMER0, marker pin and LED. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"

#define EK_PL011_BASE 0x40070000U
#define EK_PL011_IRQ 33U
#include "startup/ek_pl011.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))
/* Peripherals, but not SIO, have aliases that set or clear bits at once. */
#define SET(address) REGISTER((address) + 0x2000U)
#define CLEAR(address) REGISTER((address) + 0x3000U)

#define RESETS_RESET 0x40020000U
#define RESETS_DONE REGISTER(0x40020008U)
#define RESET_USED (1U << 6 | 1U << 9 | 1U << 23 | 1U << 26) /* IO, PADS, TIMER0, UART0 */
#define RESET_PLL_SYS (1U << 14)

#define CLK_REF_CTRL REGISTER(0x40010030U)
#define CLK_REF_SELECTED REGISTER(0x40010038U)
#define CLK_SYS_CTRL 0x4001003CU
#define CLK_SYS_SELECTED REGISTER(0x40010044U)
#define CLK_PERI_CTRL REGISTER(0x40010048U)

#define XOSC_CTRL REGISTER(0x40048000U)
#define XOSC_STATUS REGISTER(0x40048004U)
#define XOSC_STARTUP REGISTER(0x4004800CU)

#define PLL_CS REGISTER(0x40050000U)
#define PLL_PWR 0x40050004U
#define PLL_FBDIV REGISTER(0x40050008U)
#define PLL_PRIM REGISTER(0x4005000CU)
#define PLL_PWR_CORE (1U << 0 | 1U << 5) /* the PLL and its oscillator are powered down */
#define PLL_PWR_POSTDIV (1U << 3)

#define IO_CTRL(pin) REGISTER(0x40028004U + 8U * (pin))
#define IO_UART 2U
#define IO_SIO 5U
/* Written whole, which also ends the isolation (bit 8) that a pad is in after reset. */
#define PAD(pin) REGISTER(0x40038004U + 4U * (pin))
#define PAD_INPUT_PULLED_UP (1U << 6 | 1U << 3 | 1U << 1)
#define PAD_OUTPUT (1U << 6 | 1U << 4) /* 4 mA */

#define SIO_OUT_SET REGISTER(0xD0000018U)
#define SIO_OUT_CLR REGISTER(0xD0000020U)
#define SIO_OE_SET REGISTER(0xD0000038U)

#define TIMER_ALARM0 REGISTER(0x400B0010U)
#define TIMER_LOW REGISTER(0x400B0028U) /* TIMERAWL */
#define TIMER_SOURCE REGISTER(0x400B0038U)
#define TIMER_INTR REGISTER(0x400B003CU)
#define TIMER_INTE REGISTER(0x400B0040U)

#define NVIC_ISER REGISTER(0xE000E100U)
#define TIMER_IRQ 0U
#define INTERRUPTS 52U

#define ROSC_HZ 12000000U /* after reset; nominally 11, from 4.6 to 24 MHz */
#define POSTDIV_1 5U
#define POSTDIV_2 2U
#define FEEDBACK (EK_BOARD_CLOCK_HZ / 1000U * POSTDIV_1 * POSTDIV_2 / (EK_BOARD_XOSC_HZ / 1000U))
#define PATIENCE 100000U /* turns of a loop: 30 ms of the slowest clock at least */

static uint32_t clock_hz;

static bool comes(const volatile uint32_t *where, uint32_t bits)
{
    for (uint32_t turn = 0; turn < PATIENCE; turn++) {
        if ((*where & bits) == bits) {
            return true;
        }
    }
    return false;
}

static bool leave_reset(uint32_t blocks)
{
    CLEAR(RESETS_RESET) = blocks;
    return comes(&RESETS_DONE, blocks);
}

/* The crystal as reference: the ring oscillator, with which the chip starts, is no UART clock. */
static bool start_crystal(void)
{
    XOSC_STARTUP = (EK_BOARD_XOSC_HZ / 1000U + 128U) / 256U; /* 1 ms, in units of 256 */
    XOSC_CTRL = 0xFABU << 12 | 0xAA0U;                       /* on; 1 to 15 MHz */
    if (!comes(&XOSC_STATUS, 1U << 31)) {
        return false;
    }
    CLK_REF_CTRL = 2U;
    return comes(&CLK_REF_SELECTED, 1U << 2);
}

/* 12 MHz * 125 = 1500 MHz, divided by 5 and 2. */
static bool start_pll(void)
{
    SET(RESETS_RESET) = RESET_PLL_SYS;
    if (!leave_reset(RESET_PLL_SYS)) {
        return false;
    }
    PLL_CS = 1U; /* the reference is not divided */
    PLL_FBDIV = FEEDBACK;
    CLEAR(PLL_PWR) = PLL_PWR_CORE;
    if (!comes(&PLL_CS, 1U << 31)) {
        return false;
    }
    PLL_PRIM = POSTDIV_1 << 16 | POSTDIV_2 << 12;
    CLEAR(PLL_PWR) = PLL_PWR_POSTDIV;
    return true;
}

/* What does not start is done without: then the console says at which clock it runs. */
static uint32_t start_clocks(void)
{
    CLEAR(CLK_SYS_CTRL) = 1U; /* the reference, whatever ran before; without glitches */
    if (!comes(&CLK_SYS_SELECTED, 1U << 0)) {
        return ROSC_HZ;
    }
    CLEAR(CLK_SYS_CTRL) = 7U << 5; /* of the other sources PLL_SYS, while none of them is in use */
    if (!start_crystal()) {
        return ROSC_HZ;
    }
    if (!start_pll()) {
        return EK_BOARD_XOSC_HZ;
    }
    SET(CLK_SYS_CTRL) = 1U;
    return comes(&CLK_SYS_SELECTED, 1U << 1) ? EK_BOARD_CLOCK_HZ : EK_BOARD_XOSC_HZ;
}

static void start_output(uint32_t pin)
{
    SIO_OUT_SET = 1U << pin;
    SIO_OE_SET = 1U << pin;
    IO_CTRL(pin) = IO_SIO;
    PAD(pin) = PAD_OUTPUT;
}

static void start_uart(void)
{
    ek_pl011_start(clock_hz);
    IO_CTRL(EK_BOARD_CONSOLE_TX) = IO_UART;
    PAD(EK_BOARD_CONSOLE_TX) = PAD_OUTPUT;
    IO_CTRL(EK_BOARD_CONSOLE_RX) = IO_UART;
    PAD(EK_BOARD_CONSOLE_RX) = PAD_INPUT_PULLED_UP; /* idle where nothing is plugged in */
}

/* Free-running at the system's clock; interrupts once a turn of its lower half, so that a sleeping
 * console looks at the clock. */
static void start_timer(void)
{
    TIMER_SOURCE = 1U;
    TIMER_INTE = 1U;
    TIMER_ALARM0 = 0xFFFFFFFFU;
    NVIC_ISER = 1U << TIMER_IRQ;
}

void ek_port_init(void)
{
    clock_hz = start_clocks();
    CLK_PERI_CTRL = 1U << 11; /* the UART's, from the system's */
    (void)leave_reset(RESET_USED);
    start_output(EK_BOARD_MARKER);
    start_output(EK_BOARD_LED); /* lit until the host's first byte */
    start_uart();
    start_timer();
}

static void uart_interrupt(void)
{
    ek_pl011_interrupt();
    SIO_OUT_CLR = 1U << EK_BOARD_LED;
}

/* An alarm goes off once. */
static void timer_interrupt(void)
{
    TIMER_INTR = 1U;
    TIMER_ALARM0 = 0xFFFFFFFFU;
}

uint32_t ek_port_ticks(void)
{
    return TIMER_LOW;
}

uint32_t ek_port_ticks_hz(void)
{
    return clock_hz;
}

void ek_port_marker(bool high)
{
    if (high) {
        SIO_OUT_SET = 1U << EK_BOARD_MARKER;
    } else {
        SIO_OUT_CLR = 1U << EK_BOARD_MARKER;
    }
}

/* The interrupts, and behind them, within the first 4 KB, what tells the boot ROM that this is an
 * image for the Arm cores, whose vectors are at its start. */
typedef struct {
    void (*interrupts[INTERRUPTS])(void);
    uint32_t image_def[5];
} ek_interrupts_t;

extern const ek_interrupts_t ek_interrupts;
__attribute__((section(".vectors.interrupts"), used)) const ek_interrupts_t ek_interrupts = {
    .interrupts =
        {
            [TIMER_IRQ] = timer_interrupt,
            [TIMER_IRQ + 1U ... EK_PL011_IRQ - 1U] = ek_fault,
            [EK_PL011_IRQ] = uart_interrupt,
            [EK_PL011_IRQ + 1U ... INTERRUPTS - 1U] = ek_fault,
        },
    .image_def =
        {
            0xFFFFDED3U, /* block begins */
            0x10210142U, /* IMAGE_TYPE, 1 word: executable, secure, Arm, RP2350 */
            0x000001FFU, /* LAST, 1 word of items */
            0x00000000U, /* the next block is this one */
            0xAB123579U, /* block ends */
        },
};
