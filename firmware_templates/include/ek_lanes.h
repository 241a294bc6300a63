/* SPDX-License-Identifier: Apache-2.0 */
/* Four int8 channels at a time, with the DSP extension; the C of each function specifies it. */
#ifndef EK_LANES_H
#define EK_LANES_H

#include "ek_types.h"

/* Sums of four channels in 16 bits each, in the order in which SXTAB16 makes them. */
typedef struct {
    uint32_t even; /* channels 0 and 2 */
    uint32_t odd;  /* channels 1 and 3 */
} ek_lanes_t;

/* A word at any address. */
static inline uint32_t ek_lanes_load(const int8_t *from)
{
    uint32_t word;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

static inline void ek_lanes_store(int8_t *to, uint32_t word)
{
    __builtin_memcpy(to, &word, sizeof word);
}

static inline int32_t ek_lanes_byte(uint32_t word, int32_t lane)
{
    return (int8_t)(uint8_t)((word >> (8 * lane)) & 0xFFU);
}

/* The channel's sum. */
static inline int32_t ek_lanes_sum(ek_lanes_t sums, int32_t lane)
{
    const uint32_t word = (lane & 1) != 0 ? sums.odd : sums.even;
    return (int16_t)(uint16_t)((word >> (8 * (lane & 2))) & 0xFFFFU);
}

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)

static inline ek_lanes_t ek_lanes_add(ek_lanes_t sums, uint32_t word)
{
    __asm__("sxtab16 %0, %0, %1" : "+r"(sums.even) : "r"(word));
    __asm__("sxtab16 %0, %0, %1, ror #8" : "+r"(sums.odd) : "r"(word));
    return sums;
}

/* The larger one of each channel. */
static inline uint32_t ek_lanes_max(uint32_t a, uint32_t b)
{
    uint32_t larger;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(a), "r"(b) : "cc");
    return larger;
}

#else

/* Two sums of 16 bits that each gain what `low` and `high` are. */
static inline uint32_t ek_lanes_add_halves(uint32_t sums, int32_t low, int32_t high)
{
    return ((sums + (uint32_t)low) & 0xFFFFU) | ((sums & 0xFFFF0000U) + ((uint32_t)high << 16));
}

static inline ek_lanes_t ek_lanes_add(ek_lanes_t sums, uint32_t word)
{
    sums.even = ek_lanes_add_halves(sums.even, ek_lanes_byte(word, 0), ek_lanes_byte(word, 2));
    sums.odd = ek_lanes_add_halves(sums.odd, ek_lanes_byte(word, 1), ek_lanes_byte(word, 3));
    return sums;
}

static inline uint32_t ek_lanes_max(uint32_t a, uint32_t b)
{
    uint32_t larger = 0;
    for (int32_t lane = 0; lane < 4; lane++) {
        const uint32_t mask = 0xFFU << (8 * lane);
        larger |= (ek_lanes_byte(a, lane) > ek_lanes_byte(b, lane) ? a : b) & mask;
    }
    return larger;
}

#endif

#endif
