/* SPDX-License-Identifier: Apache-2.0 */
/* The port's 32-bit counter as a 64-bit clock, and exact intervals. */
#ifndef EK_CLOCK_H
#define EK_CLOCK_H

#include "ek_types.h"

/* Measure what reading the clock costs. Called once, first. */
void ek_clock_start(void);

/* Ticks since the start. To be called at least once per turn of the port's counter. */
uint64_t ek_clock_now(void);

/* Microseconds since the start. */
uint64_t ek_clock_us(uint64_t ticks);

/* The ticks that call(argument) takes, without what taking them costs. It may last one turn of
 * the port's counter at most. */
uint32_t ek_clock_measure(void (*call)(uint32_t argument), uint32_t argument);

/* What is subtracted from each measurement. */
uint32_t ek_clock_overhead(void);

#endif
