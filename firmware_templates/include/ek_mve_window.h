/* SPDX-License-Identifier: Apache-2.0 */
/* Sums over positions for cores with MVE, 8 channels at a time. */
#ifndef EK_MVE_WINDOW_H
#define EK_MVE_WINDOW_H

#include "ek_mve.h"

enum { EK_MVE_LANES = 8, EK_MVE_MOST_POSITIONS = 256 };

#if EK_MVE

/* Sums of 8 channels: those with even numbers, and the others. */
typedef struct {
    int32x4_t even, odd;
} ek_mve_sums_t;

/* What is summed, row by row; pitches in bytes. */
typedef struct {
    int32_t rows, columns;
    int32_t row_pitch, pitch;
} ek_mve_window_t;

/* At most 256 positions of a row: their sums fit 16 bits. `some` are the channels that there are,
 * where not `whole`. */
EK_KERNEL int16x8_t ek_mve_add_row(int16x8_t sums, const int8_t *from, int32_t columns,
                                   int32_t pitch, bool whole, mve_pred16_t some)
{
#pragma GCC unroll 8
    for (int32_t x = 0; x < columns; x++) {
        sums = vaddq_s16(sums, whole ? vldrbq_s16(from) : vldrbq_z_s16(from, some));
        from += pitch;
    }
    return sums;
}

EK_KERNEL ek_mve_sums_t ek_mve_widened(int16x8_t sums)
{
    const ek_mve_sums_t wide = {vmovlbq_s16(sums), vmovltq_s16(sums)};
    return wide;
}

/* The sums over a window; `most` is the number of positions that it has at most. */
EK_KERNEL ek_mve_sums_t ek_mve_window_sums(const int8_t *from, const ek_mve_window_t *window,
                                           int32_t most, bool whole, mve_pred16_t some)
{
    if (most <= EK_MVE_MOST_POSITIONS) {
        int16x8_t sums = vdupq_n_s16(0);
        for (int32_t y = 0; y < window->rows; y++) {
            sums = ek_mve_add_row(sums, from, window->columns, window->pitch, whole, some);
            from += window->row_pitch;
        }
        return ek_mve_widened(sums);
    }
    ek_mve_sums_t all = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (int32_t y = 0; y < window->rows; y++) {
        for (int32_t x = 0; x < window->columns; x += EK_MVE_MOST_POSITIONS) {
            const int32_t left = window->columns - x;
            const int32_t n = left < EK_MVE_MOST_POSITIONS ? left : EK_MVE_MOST_POSITIONS;
            const ek_mve_sums_t part = ek_mve_widened(ek_mve_add_row(
                vdupq_n_s16(0), from + x * window->pitch, n, window->pitch, whole, some));
            all.even = vaddq_s32(all.even, part.even);
            all.odd = vaddq_s32(all.odd, part.odd);
        }
        from += window->row_pitch;
    }
    return all;
}

/* Results of 8 channels, clamped to int8, which is what is stored of each halfword. */
EK_KERNEL int16x8_t ek_mve_join(ek_mve_sums_t results)
{
    int16x8_t joined = vqmovnbq_s32(vdupq_n_s16(0), results.even);
    joined = vqmovntq_s32(joined, results.odd);
    return vmaxq_s16(vminq_s16(joined, vdupq_n_s16(INT8_MAX)), vdupq_n_s16(INT8_MIN));
}

#endif

#endif
