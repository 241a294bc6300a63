/* SPDX-License-Identifier: Apache-2.0 */
/* RP2040: clocks, UART0, SysTick, marker pin and LED. Where each value comes from: NOTES.md. */
#include "ek_board.h"
#include "ek_port.h"
#include "startup/ek_systick.h"

#define EK_PL011_BASE 0x40034000U
#define EK_PL011_IRQ 20
#include "startup/ek_pl011.h"

void ek_fault(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))
/* Peripherals, but not SIO, have aliases that set or clear bits at once. */
#define SET(address) REGISTER((address) + 0x2000U)
#define CLEAR(address) REGISTER((address) + 0x3000U)

#define RESETS_RESET 0x4000C000U
#define RESETS_DONE REGISTER(0x4000C008U)
#define RESET_USED (1U << 5 | 1U << 8 | 1U << 22) /* IO_BANK0, PADS_BANK0, UART0 */
#define RESET_PLL_SYS (1U << 12)

#define CLK_REF_CTRL 0x40008030U
#define CLK_REF_SELECTED REGISTER(0x40008038U)
#define CLK_SYS_CTRL 0x4000803CU
#define CLK_SYS_SELECTED REGISTER(0x40008044U)
#define CLK_PERI_CTRL REGISTER(0x40008048U)

#define XOSC_CTRL REGISTER(0x40024000U)
#define XOSC_STATUS REGISTER(0x40024004U)
#define XOSC_STARTUP REGISTER(0x4002400CU)
#define XOSC_STABLE (1U << 31)

#define PLL_CS REGISTER(0x40028000U)
#define PLL_PWR 0x40028004U
#define PLL_FBDIV REGISTER(0x40028008U)
#define PLL_PRIM REGISTER(0x4002800CU)
#define PLL_LOCK (1U << 31)
#define PLL_PWR_CORE (1U << 0 | 1U << 5) /* the PLL and its oscillator are powered down */
#define PLL_PWR_POSTDIV (1U << 3)

#define IO_CTRL(pin) REGISTER(0x40014004U + 8U * (pin))
#define IO_UART 2U
#define IO_SIO 5U
#define PAD(pin) REGISTER(0x4001C004U + 4U * (pin))
#define PAD_INPUT_PULLED_UP (1U << 6 | 1U << 3 | 1U << 1)

#define SIO_OUT_SET REGISTER(0xD0000014U)
#define SIO_OUT_CLR REGISTER(0xD0000018U)
#define SIO_OE_SET REGISTER(0xD0000024U)

#define ROSC_HZ 6500000U /* after reset; 1.8 to 12 MHz */
#define POSTDIV_1 6U
#define POSTDIV_2 2U
#define FEEDBACK (EK_BOARD_CLOCK_HZ / 1000U * POSTDIV_1 * POSTDIV_2 / (EK_BOARD_XOSC_HZ / 1000U))
#define PATIENCE 100000U /* turns of a loop: 60 ms of the slowest clock at least */

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
    if (!comes(&XOSC_STATUS, XOSC_STABLE)) {
        return false;
    }
    SET(CLK_REF_CTRL) = 2U;
    return comes(&CLK_REF_SELECTED, 1U << 2);
}

/* 12 MHz * 133 = 1596 MHz, divided by 6 and 2. */
static bool start_pll(void)
{
    SET(RESETS_RESET) = RESET_PLL_SYS;
    if (!leave_reset(RESET_PLL_SYS)) {
        return false;
    }
    PLL_CS = 1U; /* the reference is not divided */
    PLL_FBDIV = FEEDBACK;
    CLEAR(PLL_PWR) = PLL_PWR_CORE;
    if (!comes(&PLL_CS, PLL_LOCK)) {
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

static void start_pins(void)
{
    ek_port_marker(true);
    SIO_OUT_SET = 1U << EK_BOARD_LED;
    SIO_OE_SET = 1U << EK_BOARD_MARKER | 1U << EK_BOARD_LED;
    IO_CTRL(EK_BOARD_MARKER) = IO_SIO;
    IO_CTRL(EK_BOARD_LED) = IO_SIO;
    PAD(EK_BOARD_CONSOLE_RX) = PAD_INPUT_PULLED_UP; /* idle where nothing is plugged in */
    IO_CTRL(EK_BOARD_CONSOLE_TX) = IO_UART;
    IO_CTRL(EK_BOARD_CONSOLE_RX) = IO_UART;
}

void ek_port_init(void)
{
    clock_hz = start_clocks();
    CLK_PERI_CTRL = 1U << 11; /* the UART's, from the system's */
    (void)leave_reset(RESET_USED);
    start_pins();
    ek_pl011_start(clock_hz);
    ek_systick_start();
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
    if (high) {
        SIO_OUT_SET = 1U << EK_BOARD_MARKER;
    } else {
        SIO_OUT_CLR = 1U << EK_BOARD_MARKER;
    }
}

extern void (*const ek_interrupts[32])(void);
__attribute__((section(".vectors.interrupts"), used)) void (*const ek_interrupts[32])(void) = {
    [0 ... EK_PL011_IRQ - 1] = ek_fault,
    [EK_PL011_IRQ] = ek_pl011_interrupt,
    [EK_PL011_IRQ + 1 ... 31] = ek_fault,
};
