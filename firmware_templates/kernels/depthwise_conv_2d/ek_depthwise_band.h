/* SPDX-License-Identifier: Apache-2.0 */
/* 3x3 depthwise convolution of one channel of a band of pairs (ek_depthwise_pairs.h).
 *
 * A strip is two output columns, a block two output rows of it. Columns a, b, c of pairs hold the
 * strip's input columns 0, 1 | 2, 3 | 4, 5. The stream of a channel, w = weights << prescale:
 *
 *     stride 1: (w00 w01) (w10 w11) (w20 w21) (w01 w02) (w11 w12) (w21 w22) bias M C
 *     stride 2: (w00 w01) (w10 w11) (w20 w21) (w02 w12) (w22 0) bias M C
 *
 * with bias << prescale, and outputs y = SSAT8((high(sum * M) + C) >> exponent). The compiler has
 * proven that to be the reference's requantization (edgekit/kernels/_certify.py). */
#ifndef EK_DEPTHWISE_BAND_H
#define EK_DEPTHWISE_BAND_H

#include "ek_depthwise_pairs.h"

enum { EK_BAND_WORDS_1 = 9, EK_BAND_WORDS_2 = 8 };

/* Blocks x strips of some output channels, which follow each other in the stream and the output.
 * Strips go from right to left, each from top to bottom. The upper row of a block is stored last:
 * with a `row` of 0 it is what stays. */
typedef struct {
    const int32_t *in; /* the last strip */
    int8_t *out;
    int32_t filters, channel_bytes; /* output channels; from one's input to the next one's */
    int32_t step, row;              /* bytes from column to column, from row to row */
    int32_t blocks, strips;
    const int32_t *stream;
    int32_t odd; /* whether the last strip is one column wide */
} ek_band_part_t;

typedef void (*ek_band_kernel_t)(const ek_band_part_t *);

typedef struct {
    ek_band_kernel_t kernel;
    const int32_t *stream;
    int32_t filters, channel_bytes;
    int32_t columns, rows;
    int32_t step, row;
    int32_t strip_words, block_words; /* from strip to strip, from block to block */
} ek_band_t;

#if EK_DEPTHWISE_ASM

#include "ek_depthwise_band_dsp.h"

#else

static inline int32_t ek_band_low(int32_t pair)
{
    return (int16_t)(pair & 0xFFFF);
}

/* Output (i, j) of the block at `in`; its weight (y, x) is where the stride's stream has it. */
static inline int8_t ek_band_output(const int32_t *stream, const int32_t *in, int32_t i, int32_t j,
                                    int32_t stride, int32_t rows, int32_t exponent)
{
    const int32_t *const tail = stream + (stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2) - 3;
    int32_t sum = tail[0];
    for (int32_t y = 0; y < 3; y++) {
        const int32_t last = stride == 1 ? stream[3 + y] >> 16
                             : y < 2     ? (y == 0 ? ek_band_low(stream[3]) : stream[3] >> 16)
                                         : ek_band_low(stream[4]);
        const int32_t weights[3] = {ek_band_low(stream[y]), stream[y] >> 16, last};
        for (int32_t x = 0; x < 3; x++) {
            const int32_t column = j * stride + x;
            const int32_t pair = in[(column >> 1) * EK_PAIRS_CHANNELS * rows + i * stride + y];
            sum += weights[x] * ((column & 1) != 0 ? pair >> 16 : ek_band_low(pair));
        }
    }
    const int32_t high = (int32_t)(((int64_t)sum * tail[1]) >> 32) + tail[2];
    const int32_t scaled = high >> exponent;
    return (int8_t)(scaled < INT8_MIN ? INT8_MIN : (scaled > INT8_MAX ? INT8_MAX : scaled));
}

static inline void ek_band_strip_c(const ek_band_part_t *part, const int32_t *stream,
                                   const int32_t *in, int8_t *out, int32_t columns, int32_t stride,
                                   int32_t rows, int32_t exponent)
{
    for (int32_t b = 0; b < part->blocks; b++) {
        for (int32_t i = 1; i >= 0; i--) {
            for (int32_t j = 0; j < columns; j++) {
                out[(2 * b + i) * part->row + j * part->step] =
                    ek_band_output(stream, in + 2 * stride * b, i, j, stride, rows, exponent);
            }
        }
    }
}

static inline void ek_band_part_c(const ek_band_part_t *part, int32_t stride, int32_t rows,
                                  int32_t exponent)
{
    const int32_t words = stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2;
    for (int32_t f = 0; f < part->filters; f++) {
        const int32_t *const in = part->in + f * part->channel_bytes / (int32_t)sizeof(int32_t);
        for (int32_t s = 0; s < part->strips; s++) {
            ek_band_strip_c(part, part->stream + f * words,
                            in - s * stride * EK_PAIRS_CHANNELS * rows,
                            part->out + f - 2 * s * part->step, s == 0 && part->odd != 0 ? 1 : 2,
                            stride, rows, exponent);
        }
    }
}

#define EK_BAND_KERNEL(stride, rows, exponent)                                                     \
    static __attribute__((unused)) void ek_band_##stride##_##rows##_##exponent(                    \
        const ek_band_part_t *part)                                                                \
    {                                                                                              \
        ek_band_part_c(part, stride, rows, exponent);                                              \
    }

#endif

/* One body for each exponent, because it is part of an instruction; only those used remain. */
#define EK_BAND_KERNELS(exponent)                                                                  \
    EK_BAND_KERNEL(1, 6, exponent)                                                                 \
    EK_BAND_KERNEL(1, 10, exponent)                                                                \
    EK_BAND_KERNEL(2, 6, exponent)                                                                 \
    EK_BAND_KERNEL(2, 10, exponent)                                                                \
    EK_BAND_KERNEL(1, 28, exponent)                                                                \
    EK_BAND_KERNEL(2, 28, exponent)

EK_BAND_KERNELS(8)
EK_BAND_KERNELS(9)
EK_BAND_KERNELS(10)
EK_BAND_KERNELS(11)
EK_BAND_KERNELS(12)
EK_BAND_KERNELS(13)
EK_BAND_KERNELS(14)
EK_BAND_KERNELS(15)
EK_BAND_KERNELS(16)

#define EK_BAND_ROWS(stride, exponent)                                                             \
    (rows == 6    ? ek_band_##stride##_6_##exponent                                                \
     : rows == 10 ? ek_band_##stride##_10_##exponent                                               \
                  : ek_band_##stride##_28_##exponent)

#define EK_BAND_CASE(exponent)                                                                     \
    case exponent:                                                                                 \
        return stride == 1 ? EK_BAND_ROWS(1, exponent) : EK_BAND_ROWS(2, exponent)

EK_KERNEL ek_band_kernel_t ek_band_kernel(int32_t stride, int32_t rows, int32_t exponent)
{
    switch (exponent) {
        EK_BAND_CASE(8);
        EK_BAND_CASE(9);
        EK_BAND_CASE(10);
        EK_BAND_CASE(11);
        EK_BAND_CASE(12);
        EK_BAND_CASE(13);
        EK_BAND_CASE(14);
        EK_BAND_CASE(15);
    default:
        EK_BAND_CASE(16);
    }
}

/* Blocks of a band from the first one at `in` and `out` on, in all strips. */
static inline void ek_band_part(const ek_band_t *b, const int32_t *in, int8_t *out, int32_t blocks,
                                int32_t row)
{
    const int32_t strips = (b->columns + 1) / 2;
    const ek_band_part_t part = {
        .in = in + (strips - 1) * b->strip_words,
        .out = out + (strips - 1) * 2 * b->step,
        .filters = b->filters,
        .channel_bytes = b->channel_bytes,
        .step = b->step,
        .row = row,
        .blocks = blocks,
        .strips = strips,
        .stream = b->stream,
        .odd = b->columns & 1,
    };
    b->kernel(&part);
}

/* Some output channels of a band. An odd row is computed with the one above, once more. */
static inline void ek_band_run(const ek_band_t *b, const int32_t *in, int8_t *out)
{
    const int32_t blocks = b->rows / 2;
    if (blocks > 0) {
        ek_band_part(b, in, out, blocks, b->row);
    }
    if ((b->rows & 1) != 0) {
        const int32_t above = blocks > 0 ? b->rows - 2 : 0;
        ek_band_part(b, in + above * (b->block_words / 2), out + above * b->row, 1,
                     blocks > 0 ? b->row : 0);
    }
}

#endif
