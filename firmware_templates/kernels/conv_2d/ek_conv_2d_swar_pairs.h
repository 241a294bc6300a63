/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of products as in ek_conv_2d_swar_dot.h, of two channels at once, whose chunks end together.
 *
 * A chunk of n taps is a byte 2 * n + 2, how far the next chunk is, a byte 12 * n, how far the next
 * one's taps are where a tap is three words, and the weights of tap after tap; 0 ends the pair. */
#ifndef EK_CONV_2D_SWAR_PAIRS_H
#define EK_CONV_2D_SWAR_PAIRS_H

#include "ek_types.h"

enum { EK_SWAR_PAIR_WORDS = 3 };

/* Of a channel. */
typedef struct {
    int32_t both[EK_SWAR_PAIR_WORDS];
    int32_t upper[EK_SWAR_PAIR_WORDS];
} ek_swar_pair_sums_t;

/* Two channels; both[] and upper[] are added to. Returns the next pair's weights. */
EK_KERNEL const uint8_t *ek_swar_pair_dot(const int32_t *taps, const uint8_t *weights,
                                          ek_swar_pair_sums_t *sums)
{
    for (; *weights != 0;) {
        const uint8_t *const end = weights + *weights;
        uint32_t totals[2][EK_SWAR_PAIR_WORDS] = {{0x8000, 0x8000, 0x8000},
                                                  {0x8000, 0x8000, 0x8000}};
        for (weights += 2; weights != end; weights += 2) {
            const int32_t first = (int8_t)weights[0];
            const int32_t second = (int8_t)weights[1];
#pragma GCC unroll 3
            for (int32_t i = 0; i < EK_SWAR_PAIR_WORDS; i++) {
                const uint32_t tap = (uint32_t)*taps++;
                totals[0][i] += tap * (uint32_t)first;
                totals[1][i] += tap * (uint32_t)second;
            }
        }
#pragma GCC unroll 6
        for (int32_t i = 0; i < 2 * EK_SWAR_PAIR_WORDS; i++) {
            const uint32_t total = totals[i / EK_SWAR_PAIR_WORDS][i % EK_SWAR_PAIR_WORDS];
            ek_swar_pair_sums_t *const to = sums + i / EK_SWAR_PAIR_WORDS;
            int32_t *const both = to->both + i % EK_SWAR_PAIR_WORDS;
            *both = (int32_t)((uint32_t)*both + total);
            to->upper[i % EK_SWAR_PAIR_WORDS] += (int32_t)total >> 16;
        }
    }
    return weights + 1;
}

#endif
