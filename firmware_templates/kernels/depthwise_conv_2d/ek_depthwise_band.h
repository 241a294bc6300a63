/* SPDX-License-Identifier: Apache-2.0 */
/* 3x3 depthwise convolution of one channel of a band of pairs (ek_depthwise_pairs.h), or of a plane
 * of them (ek_column_pairs.h).
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
 * Strips go from right to left, each from top to bottom. */
typedef struct {
    const int32_t *in; /* the last strip */
    int8_t *out;
    int32_t filters, channel_bytes; /* output channels; from one's input to the next one's */
    int32_t step, row;              /* bytes from column to column, from row to row */
    int32_t blocks, strips;
    const int32_t *stream;
    int32_t last;     /* whether one more row follows the blocks */
    int32_t exponent; /* the rest is in the assembler's instructions */
    int32_t stride;
    int32_t pair_words; /* from a pair of columns to the next one */
    bool odd_column;    /* whether the last strip is one column wide */
} ek_band_part_t;

typedef void (*ek_band_kernel_t)(const ek_band_part_t *);

/* What the assembler is made for; all of it literals. Kernels alike in everything are one. */
typedef struct {
    int32_t stride;
    int32_t pair;      /* bytes from a pair of columns to the next one */
    int32_t step, row; /* as in the part, or 0: they are read from there */
    int32_t unroll;    /* blocks of a loop; a part's are a multiple: 1, 2 or 3 */
    bool odd_column;
    int32_t last; /* whether a row may follow the blocks: 0 never, 1 at times, 2 always */
} ek_band_shape_t;

#if EK_DEPTHWISE_ASM

#include "ek_depthwise_band_dsp.h"

/* clang-format off */
/* The kernel for a shape and an exponent. */
EK_KERNEL ek_band_kernel_t ek_band_kernel(ek_band_shape_t shape, int32_t exponent)
{
    uintptr_t kernel;
    __asm__(
        ".ifndef " EK_BAND_NAME "\n"
        ".pushsection .text." EK_BAND_NAME ", \"ax\", %%progbits\n"
        ".p2align 2\n"
        ".thumb_func\n"
        ".type " EK_BAND_NAME ", %%function\n"
        EK_BAND_NAME ":\n"
        EK_BAND_ENTER
        ".if %c[odd]\n"
        EK_BAND_UNLESS_BLOCKS("5f")
        EK_BAND_BLOCKS(EK_BAND_ODD)
        EK_BAND_LAST(EK_BAND_ODD_ROW, EK_BAND_ODD_ROW_RESULTS)
        "b 3f\n"
        ".endif\n"
        "1:\n"
        EK_BAND_UNLESS_BLOCKS("5f")
        EK_BAND_BLOCKS(EK_BAND_BLOCK)
        EK_BAND_LAST(EK_BAND_ROW, EK_BAND_ROW_RESULTS)
        EK_BAND_LEAVE
        ".size " EK_BAND_NAME ", . - " EK_BAND_NAME "\n"
        ".popsection\n"
        ".endif\n"
        "movw %[kernel], #:lower16:" EK_BAND_NAME "\n"
        "movt %[kernel], #:upper16:" EK_BAND_NAME "\n"
        : [kernel] "=r"(kernel)
        : [stride] "i"(shape.stride), [pair] "i"(shape.pair), [exponent] "i"(exponent),
          [step] "i"(shape.step), [row] "i"(shape.row), [unroll] "i"(shape.unroll),
          [odd] "i"(shape.odd_column), [last] "i"(shape.last));
    return (ek_band_kernel_t)kernel;
}
/* clang-format on */

#else

static inline int32_t ek_band_low(int32_t pair)
{
    return (int16_t)(pair & 0xFFFF);
}

/* Output `column` of the row at `in`; its weight (y, x) is where the stride's stream has it. */
static inline int8_t ek_band_output(const ek_band_part_t *p, const int32_t *stream,
                                    const int32_t *in, int32_t column)
{
    const int32_t *const tail = stream + (p->stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2) - 3;
    int32_t sum = tail[0];
    for (int32_t y = 0; y < 3; y++) {
        const int32_t last = p->stride == 1 ? stream[3 + y] >> 16
                             : y < 2        ? (y == 0 ? ek_band_low(stream[3]) : stream[3] >> 16)
                                            : ek_band_low(stream[4]);
        const int32_t weights[3] = {ek_band_low(stream[y]), stream[y] >> 16, last};
        for (int32_t x = 0; x < 3; x++) {
            const int32_t at = column * p->stride + x;
            const int32_t pair = in[(at >> 1) * p->pair_words + y];
            sum += weights[x] * ((at & 1) != 0 ? pair >> 16 : ek_band_low(pair));
        }
    }
    const int32_t high = (int32_t)(((int64_t)sum * tail[1]) >> 32) + tail[2];
    const int32_t scaled = high >> p->exponent;
    return (int8_t)(scaled < INT8_MIN ? INT8_MIN : (scaled > INT8_MAX ? INT8_MAX : scaled));
}

static inline void ek_band_c(const ek_band_part_t *p)
{
    const int32_t words = p->stride == 1 ? EK_BAND_WORDS_1 : EK_BAND_WORDS_2;
    for (int32_t f = 0; f < p->filters; f++) {
        const int32_t *in = p->in + f * p->channel_bytes / (int32_t)sizeof(int32_t);
        int8_t *out = p->out + f;
        for (int32_t s = 0; s < p->strips; s++) {
            for (int32_t y = 0; y < 2 * p->blocks + p->last; y++) {
                for (int32_t x = 0; x < (s == 0 && p->odd_column ? 1 : 2); x++) {
                    out[y * p->row + x * p->step] =
                        ek_band_output(p, p->stream + f * words, in + y * p->stride, x);
                }
            }
            in -= p->stride * p->pair_words;
            out -= 2 * p->step;
        }
    }
}

#define ek_band_kernel(shape, exponent) ek_band_c

#endif

typedef struct {
    ek_band_part_t part; /* but for the input, the output, the filters and the stream */
    ek_band_kernel_t kernel;
    const int32_t *stream;
    int32_t filters;
    int32_t strip_words; /* from strip to strip */
} ek_band_t;

/* Some output channels of a band. */
static inline void ek_band_run(ek_band_t *b, const int32_t *in, int8_t *out)
{
    const int32_t others = b->part.strips - 1;
    b->part.in = in + others * b->strip_words;
    b->part.out = out + others * 2 * b->part.step;
    b->part.filters = b->filters;
    b->part.stream = b->stream;
    b->kernel(&b->part);
}

#endif
