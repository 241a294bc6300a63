/* SPDX-License-Identifier: Apache-2.0 */
/* int8 fully connected layer for cores with a plain 32-bit multiplication: two units at once.
 *
 * A word of the stream holds one weight of each of four units, as unsigned bytes (w + 128). Its
 * even and its odd bytes are two units each, 16 bits apart, and one product with an activation
 * adds to both. What the 128s add is the same for all units: 0x00800080 times the sum of a chunk's
 * activations, taken off behind the chunk. The rest is exact as long as a chunk's lower sum stays
 * within 16 bits, which is proven for every chunk of the layer (edgekit/kernels/_swar.py). With
 * 32768 added, the lower half is not negative and a shift gives the upper sum as it is.
 *
 * Only the even bytes are masked: the byte between the odd ones is unit 2's, whose sum is known
 * behind the chunk and is taken off there.
 * Per word of two units
 *
 *     both = sum of the totals             upper = sum of (total >> 16)
 *
 * from which the sums are both - (upper << 16), and upper. The 32768s are in the forms. */
#ifndef EK_FULLY_CONNECTED_S8_SWAR_H
#define EK_FULLY_CONNECTED_S8_SWAR_H

#include "ek_fully_connected_swar_block.h"
#include "ek_fully_connected_swar_rv32.h"
#include "ek_fully_connected_swar_thumb2.h"
#include "ek_narrow.h"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t words; /* of four units each: a block, 1 or 2 */
    int32_t output_zero_point;
    int32_t output_min, output_max;
    int32_t split, exponent, form_words; /* ek_narrow.h */
    const uint8_t *chunks;               /* lengths of a block's chunks in pairs of taps, then 0 */
    const int32_t *weights;              /* [blocks][depth][words] */
    const int32_t *forms;                /* per unit what a sum begins with, and the form */
} ek_fully_connected_s8_swar_params_t;

enum { EK_FULLY_CONNECTED_SWAR_MOST = 2 };

typedef struct {
    uint32_t both[2 * EK_FULLY_CONNECTED_SWAR_MOST];
    int32_t upper[2 * EK_FULLY_CONNECTED_SWAR_MOST];
} ek_fully_connected_swar_sums_t;

#if defined(__thumb__) && !defined(__thumb2__)
#define EK_FULLY_CONNECTED_SWAR_ASM 1
#else
#define EK_FULLY_CONNECTED_SWAR_ASM 0
#endif

#if EK_RV32
#define EK_FULLY_CONNECTED_SWAR_BLOCK ek_fully_connected_swar_block_rv32
#elif defined(__thumb2__) && !defined(__ARM_FEATURE_DSP)
#define EK_FULLY_CONNECTED_SWAR_BLOCK ek_fully_connected_swar_block_thumb2
#endif

/* The products of one activation. */
EK_KERNEL void ek_fully_connected_swar_step(uint32_t x, const int32_t *weights, int32_t words,
                                            uint32_t *totals)
{
    const uint32_t even = 0x00FF00FFU;
#pragma GCC unroll 2
    for (int32_t i = 0; i < words; i++) {
        const uint32_t four = (uint32_t)weights[i];
        totals[2 * i] += (four & even) * x;
        totals[2 * i + 1] += (four >> 8) * x;
    }
}

#if EK_FULLY_CONNECTED_SWAR_ASM

/* Four weights in register v times the activation r2; two totals. */
#define EK_FULLY_CONNECTED_SWAR_FOUR(v, total_0, total_1)                                          \
    "movs r6, " #v "\n"                                                                            \
    "ands r6, r3\n"                                                                                \
    "muls r6, r2\n"                                                                                \
    "add " #total_0 ", r6\n"                                                                       \
    "lsrs " #v ", " #v ", #8\n"                                                                    \
    "muls " #v ", r2\n"                                                                            \
    "add " #total_1 ", " #v "\n"
#define EK_FULLY_CONNECTED_SWAR_STEP(place)                                                        \
    "movs r2, #" #place "\n"                                                                       \
    "ldrsb r2, [r0, r2]\n"                                                                         \
    "ldmia r1!, {r4, r5}\n"                                                                        \
    "add lr, r2\n" EK_FULLY_CONNECTED_SWAR_FOUR(r4, r8, r9)                                        \
        EK_FULLY_CONNECTED_SWAR_FOUR(r5, r10, r11)

/* The steps of a chunk with two words each. Adds to totals and inputs, returns the next weights. */
EK_KERNEL const int32_t *ek_fully_connected_swar_steps_2(const int8_t *input, int32_t pairs,
                                                         const int32_t *weights, uint32_t *totals,
                                                         uint32_t *inputs)
{
    register const int8_t *at __asm__("r0") = input;
    register const int32_t *stream __asm__("r1") = weights;
    register uint32_t sum __asm__("r2") = *inputs;
    register uint32_t even __asm__("r3") = 0x00FF00FFU;
    register uint32_t total_0 __asm__("r8") = totals[0];
    register uint32_t total_1 __asm__("r9") = totals[1];
    register uint32_t total_2 __asm__("r10") = totals[2];
    register uint32_t total_3 __asm__("r11") = totals[3];
    register const int8_t *end __asm__("r12") = input + 2 * pairs;
    __asm__ volatile(".syntax unified\n"
                     "mov lr, r2\n"
                     "1:\n" EK_FULLY_CONNECTED_SWAR_STEP(0)
                         EK_FULLY_CONNECTED_SWAR_STEP(1) "adds r0, #2\n"
                                                         "cmp r0, r12\n"
                                                         "bne 1b\n"
                                                         "mov r2, lr\n"
                                                         ".syntax divided\n"
                     : "+r"(at), "+r"(stream), "+r"(sum), "+r"(total_0), "+r"(total_1),
                       "+r"(total_2), "+r"(total_3)
                     : "r"(even), "r"(end)
                     : "r4", "r5", "r6", "lr", "cc", "memory");
    totals[0] = total_0;
    totals[1] = total_1;
    totals[2] = total_2;
    totals[3] = total_3;
    *inputs = sum;
    return stream;
}

#endif

/* The steps of a chunk. Adds to totals and inputs, returns the next weights. */
EK_KERNEL const int32_t *ek_fully_connected_swar_steps(const int8_t *input, int32_t pairs,
                                                       const int32_t *weights, int32_t words,
                                                       uint32_t *totals, uint32_t *inputs)
{
#if EK_FULLY_CONNECTED_SWAR_ASM
    if (words == 2) {
        return ek_fully_connected_swar_steps_2(input, pairs, weights, totals, inputs);
    }
#endif
    const int8_t *const end = input + 2 * pairs;
    while (input != end) {
        const uint32_t first = (uint32_t)(int32_t)input[0];
        const uint32_t second = (uint32_t)(int32_t)input[1];
        ek_fully_connected_swar_step(first, weights, words, totals);
        ek_fully_connected_swar_step(second, weights + words, words, totals);
        *inputs += first + second;
        input += 2;
        weights += 2 * words;
    }
    return weights;
}

/* One chunk of one block. Returns the next chunk's weights. */
EK_KERNEL const int32_t *ek_fully_connected_swar_chunk(const int8_t *input, int32_t pairs,
                                                       const int32_t *weights, int32_t words,
                                                       ek_fully_connected_swar_sums_t *sums)
{
    uint32_t totals[2 * EK_FULLY_CONNECTED_SWAR_MOST] = {0};
    uint32_t inputs = 0;
    uint32_t between = 0;
    weights = ek_fully_connected_swar_steps(input, pairs, weights, words, totals, &inputs);
    const uint32_t extra = inputs * 0x00800080U - 0x8000U;
#pragma GCC unroll 4
    for (int32_t i = 0; i < 2 * words; i++) {
        uint32_t total = totals[i] - extra;
        if (i % 2 == 1) {
            total -= (between << 8) + inputs * 0x8000U;
        }
        const int32_t upper = (int32_t)total >> 16;
        between = (uint32_t)upper;
        sums->both[i] += total;
        sums->upper[i] += upper;
    }
    return weights;
}

/* The sums of a block's units. */
EK_KERNEL void ek_fully_connected_swar_block(int32_t words, ek_fully_connected_swar_block_t *block)
{
#ifdef EK_FULLY_CONNECTED_SWAR_BLOCK
    if (words == EK_FULLY_CONNECTED_SWAR_MOST) {
        EK_FULLY_CONNECTED_SWAR_BLOCK(block);
        return;
    }
#endif
    ek_fully_connected_swar_sums_t sums = {{0}, {0}};
    const int8_t *input = block->input;
    const uint8_t *chunks = block->chunks;
    for (int32_t pairs = *chunks++; pairs != 0; pairs = *chunks++) {
        block->weights = ek_fully_connected_swar_chunk(input, pairs, block->weights, words, &sums);
        input += 2 * pairs;
    }
    block->chunks = chunks;
    /* Byte 0 and 1 of a word are in the lower halves, 2 and 3 in the upper ones. */
#pragma GCC unroll 4
    for (int32_t i = 0; i < 2 * words; i++) {
        const int32_t lower = i / 2 * 4 + i % 2;
        block->results[lower] = (int32_t)(sums.both[i] - ((uint32_t)sums.upper[i] << 16));
        block->results[lower + 2] = sums.upper[i];
    }
}

EK_KERNEL void ek_fully_connected_s8_swar(const ek_fully_connected_s8_swar_params_t *p,
                                          const int8_t *input, int8_t *output)
{
    const ek_narrow_t layer = {p->split,      p->exponent,  p->form_words, p->output_zero_point,
                               p->output_min, p->output_max};
    const int32_t units = 4 * p->words;
    for (int32_t row = 0; row < p->rows; row++) {
        ek_fully_connected_swar_block_t block;
        block.input = input;
        block.weights = p->weights;
        block.chunks = p->chunks;
        const int32_t *form = p->forms;
        for (int32_t unit = 0; unit < p->units; unit += units) {
            ek_fully_connected_swar_block(p->words, &block);
            for (int32_t i = 0; i < units && unit + i < p->units; i++) {
                const int32_t sum = (int32_t)((uint32_t)block.results[i] + (uint32_t)form[0]);
                *output++ = ek_narrow(sum, form + 1, &layer);
                form += 1 + p->form_words;
            }
        }
        input += p->depth;
    }
}

#endif
