/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_clock.h"

#include "ek_divide.h"
#include "ek_port.h"

static uint64_t total;
static uint32_t last;
static uint32_t overhead;

static void nothing(uint32_t argument)
{
    (void)argument;
}

uint64_t ek_clock_now(void)
{
    const uint32_t now = ek_port_ticks();
    total += now - last;
    last = now;
    return total;
}

uint64_t ek_clock_us(uint64_t ticks)
{
    const uint32_t hz = ek_port_ticks_hz();
    uint32_t rest;
    const uint64_t seconds = ek_divide(ticks, hz, &rest);
    return seconds * 1000000U + ek_divide((uint64_t)rest * 1000000U, hz, &rest);
}

/* Not inlined, so that the empty call in ek_clock_start() costs what every other one does. */
__attribute__((noinline)) uint32_t ek_clock_measure(void (*call)(uint32_t argument),
                                                    uint32_t argument)
{
    const uint32_t start = ek_port_ticks();
    call(argument);
    const uint32_t ticks = ek_port_ticks() - start;
    return ticks > overhead ? ticks - overhead : 0;
}

void ek_clock_start(void)
{
    last = ek_port_ticks();
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < 8; i++) { /* the first ones fill caches */
        const uint32_t ticks = ek_clock_measure(nothing, 0);
        least = ticks < least ? ticks : least;
    }
    overhead = least;
}

uint32_t ek_clock_overhead(void)
{
    return overhead;
}
