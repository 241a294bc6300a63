/* SPDX-License-Identifier: Apache-2.0 */
/* An int8 image as 16-bit pairs of neighbouring columns, channel by channel, with a border.
 *
 * Word [channel][pair][row] has the columns 2 * pair (lower half) and 2 * pair + 1 of the image
 * with its border: that is what SMLAD reads of a 3x3 window. Rows above and below, and columns
 * that fill up a pair, hold the border's value, the zero point.
 *
 * A convolution can write its outputs so, for hardly more than NHWC costs it; a depthwise
 * convolution that had to make the pairs itself needs 24 instructions for 16 elements. */
#ifndef EK_COLUMN_PAIRS_H
#define EK_COLUMN_PAIRS_H

#include "ek_types.h"

typedef struct {
    int32_t rows, pairs; /* of a channel, the border included; rows are even */
    int32_t top, left;   /* of the border */
    int32_t width;       /* of the image, without it */
} ek_column_pairs_t;

/* Where an element is: its column, with the border, and bytes from the channel's begin. */
typedef struct {
    int32_t column;
    int32_t row;    /* of the first pair's word of this row */
    int32_t offset; /* of the element */
} ek_column_place_t;

static inline int32_t ek_column_pairs_pair(const ek_column_pairs_t *p)
{
    return p->rows * (int32_t)sizeof(int32_t);
}

/* Bytes of a channel. */
static inline int32_t ek_column_pairs_channel(const ek_column_pairs_t *p)
{
    return p->pairs * ek_column_pairs_pair(p);
}

/* The image's first element. */
EK_KERNEL ek_column_place_t ek_column_pairs_begin(const ek_column_pairs_t *p)
{
    const int32_t row = p->top * (int32_t)sizeof(int32_t);
    const int32_t in_row = (p->left >> 1) * ek_column_pairs_pair(p) + (p->left & 1) * 2;
    return (ek_column_place_t){p->left, row, row + in_row};
}

/* The next one, row by row. */
EK_KERNEL void ek_column_pairs_advance(const ek_column_pairs_t *p, ek_column_place_t *at)
{
    at->offset += (at->column & 1) != 0 ? ek_column_pairs_pair(p) - 2 : 2;
    at->column++;
    if (at->column == p->left + p->width) {
        at->row += (int32_t)sizeof(int32_t);
        at->column = p->left;
        at->offset = at->row + (p->left >> 1) * ek_column_pairs_pair(p) + (p->left & 1) * 2;
    }
}

/* An element. */
static inline void ek_column_pairs_put(int8_t *to, int8_t value)
{
    const int16_t wide = value;
    memcpy(to, &wide, sizeof wide);
}

/* All of `channels` channels, an even number, become border. */
EK_KERNEL void ek_column_pairs_clear(const ek_column_pairs_t *p, int32_t channels, int32_t border,
                                     int32_t *planes)
{
    const int32_t word = (int32_t)(((uint32_t)border & 0xFFFFU) | (uint32_t)border << 16);
    const int32_t words = channels * p->rows * p->pairs; /* a multiple of four */
    const int32_t *const end = planes + words;
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
    register int32_t *to __asm__("r0") = planes;
    register int32_t r1 __asm__("r1") = word;
    register int32_t r2 __asm__("r2") = word;
    register int32_t r3 __asm__("r3") = word;
    register int32_t r4 __asm__("r4") = word;
    /* clang-format off */
    __asm__ volatile(
        ".rept %c[fours] & 7\n"
        "stm r0!, {r1-r4}\n"
        ".endr\n"
        ".if %c[fours] > 7\n"
        "1:\n"
        ".rept 8\n"
        "stm r0!, {r1-r4}\n"
        ".endr\n"
        "cmp r0, %[end]\n"
        "bne 1b\n"
        ".endif\n"
        : "+r"(to)
        : "r"(r1), "r"(r2), "r"(r3), "r"(r4), [end] "r"(end), [fours] "i"(words / 4)
        : "cc", "memory");
    /* clang-format on */
#else
    for (int32_t *to = planes; to != end; to++) {
        *to = word;
    }
#endif
}

#endif
