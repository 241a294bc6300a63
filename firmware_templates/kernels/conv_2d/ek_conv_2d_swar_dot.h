/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of products for cores with a plain 32-bit multiplication: two products at once.
 *
 * A word holds one tap of two output positions, `first + second * 65536`. Times a weight, it adds
 * to both sums at once, which is exact as long as the lower one stays within 16 bits: weights come
 * in chunks for which that is proven (edgekit/kernels/_swar.py). A chunk's total begins at 32768,
 * so that its lower half is not negative and a shift gives the upper sum as it is. Per word
 *
 *     both = sum of the totals             upper = sum of (total >> 16)
 *
 * from which the sums are both - (upper << 16), and upper: what they begin with, biases and the
 * chunks' 32768s, is in the forms.
 *
 * A chunk is a byte with its length, then the weights; 0 ends a channel. For the ladder of
 * assembler the byte is how many bytes of code it jumps over. */
#ifndef EK_CONV_2D_SWAR_DOT_H
#define EK_CONV_2D_SWAR_DOT_H

#include "ek_types.h"

enum {
    EK_SWAR_MOST_WORDS = 4,
    /* The ladder: steps of 14 bytes, then what follows a chunk, then the end of a channel. */
    EK_SWAR_LADDER = 16,
    EK_SWAR_STEP_BYTES = 14,
    EK_SWAR_END = 244
};

#if defined(__thumb__) && !defined(__ARM_FEATURE_DSP)
#define EK_SWAR_ASM 1
#else
#define EK_SWAR_ASM 0
#endif

typedef struct {
    int32_t both[EK_SWAR_MOST_WORDS];
    int32_t upper[EK_SWAR_MOST_WORDS];
} ek_swar_sums_t;

#if EK_SWAR_ASM

/* Written out, not repeated by the assembler: GCC takes lengths of branches from the lines. Both
 * cores' steps are of one length, and so is what follows a chunk. */
#ifdef __thumb2__
#define EK_SWAR_BEGIN "1:\n"
#define EK_SWAR_BYTE(x) "ldrb " #x ", [r1], #1\n"
#define EK_SWAR_LADDER_1                                                                           \
    "ldrsb r3, [r1], #1\n"                                                                         \
    "ldmia r0!, {r4, r5}\n"                                                                        \
    "mla r6, r4, r3, r6\n"                                                                         \
    "mla lr, r5, r3, lr\n"
#define EK_SWAR_FLUSH                                                                              \
    "add r8, r6\n"                                                                                 \
    "add r10, r10, r6, asr #16\n"                                                                  \
    "add r9, lr\n"                                                                                 \
    "add r11, r11, lr, asr #16\n"                                                                  \
    "b 1b\n"                                                                                       \
    "nop\n"                                                                                        \
    "nop\n"                                                                                        \
    "nop\n"
#define EK_SWAR_FINISH "nop\n"
#else
#define EK_SWAR_BEGIN                                                                              \
    "movs r2, #0\n"                                                                                \
    "1:\n"
#define EK_SWAR_BYTE(x)                                                                            \
    "ldrb " #x ", [r1, r2]\n"                                                                      \
    "adds r2, #1\n"
#define EK_SWAR_LADDER_1                                                                           \
    "ldrsb r3, [r1, r2]\n"                                                                         \
    "adds r2, #1\n"                                                                                \
    "ldmia r0!, {r4, r5}\n"                                                                        \
    "muls r4, r3\n"                                                                                \
    "muls r5, r3\n"                                                                                \
    "adds r6, r6, r4\n"                                                                            \
    "add lr, r5\n"
#define EK_SWAR_FLUSH                                                                              \
    "add r8, r6\n"                                                                                 \
    "asrs r6, r6, #16\n"                                                                           \
    "add r10, r6\n"                                                                                \
    "add r9, lr\n"                                                                                 \
    "mov r6, lr\n"                                                                                 \
    "asrs r6, r6, #16\n"                                                                           \
    "add r11, r6\n"                                                                                \
    "b 1b\n"                                                                                       \
    "nop\n"                                                                                        \
    "nop\n"
#define EK_SWAR_FINISH "adds r1, r1, r2\n"
#endif
#define EK_SWAR_LADDER_4 EK_SWAR_LADDER_1 EK_SWAR_LADDER_1 EK_SWAR_LADDER_1 EK_SWAR_LADDER_1

/* One channel, two words a tap; both[] and upper[] are added to. Returns the next channel's
 * weights. The totals are r6 and lr. */
EK_KERNEL const uint8_t *ek_swar_dot_2(const int32_t *taps, const uint8_t *weights,
                                       ek_swar_sums_t *sums)
{
    register const int32_t *at __asm__("r0") = taps;
    register const uint8_t *stream __asm__("r1") = weights;
    register int32_t both_0 __asm__("r8") = sums->both[0];
    register int32_t both_1 __asm__("r9") = sums->both[1];
    register int32_t upper_0 __asm__("r10") = sums->upper[0];
    register int32_t upper_1 __asm__("r11") = sums->upper[1];
    __asm__ volatile(
        ".syntax unified\n"
        "movs r2, #1\n"
        "lsls r3, r2, #15\n"
        "mov r12, r3\n" EK_SWAR_BEGIN "mov r6, r12\n"
        "mov lr, r12\n" EK_SWAR_BYTE(r3) "add pc, r3\n"
                                         "nop\n" EK_SWAR_LADDER_4 EK_SWAR_LADDER_4 EK_SWAR_LADDER_4
                                             EK_SWAR_LADDER_4 EK_SWAR_FLUSH EK_SWAR_FINISH
                                         ".syntax divided\n"
        : "+r"(at), "+r"(stream), "+r"(both_0), "+r"(both_1), "+r"(upper_0), "+r"(upper_1)
        :
        : "r2", "r3", "r4", "r5", "r6", "r12", "lr", "cc", "memory");
    sums->both[0] = both_0;
    sums->both[1] = both_1;
    sums->upper[0] = upper_0;
    sums->upper[1] = upper_1;
    return stream;
}

#endif

/* The length of a chunk by its first byte; 0 at the end of a channel. */
EK_KERNEL int32_t ek_swar_length(uint8_t byte, bool ladder)
{
    if (!ladder) {
        return byte;
    }
    return byte == EK_SWAR_END ? 0 : EK_SWAR_LADDER - byte / EK_SWAR_STEP_BYTES;
}

/* Adds the product of one weight to every total; `taps` and `weights` are behind the chunk. */
EK_KERNEL void ek_swar_step(const int32_t *taps, const uint8_t *weights, int32_t back,
                            int32_t words, uint32_t *totals)
{
    const uint32_t weight = (uint32_t)(int8_t)weights[-back];
#pragma GCC unroll 4
    for (int32_t i = 0; i < words; i++) {
        totals[i] += (uint32_t)taps[i - back * words] * weight;
    }
}

/* One channel; both[] and upper[] are added to. Returns the next channel's weights. */
EK_KERNEL const uint8_t *ek_swar_dot(const int32_t *taps, const uint8_t *weights, int32_t words,
                                     bool ladder, ek_swar_sums_t *sums)
{
    for (;;) {
        const int32_t length = ek_swar_length(*weights++, ladder);
        if (length == 0) {
            return weights;
        }
        uint32_t totals[EK_SWAR_MOST_WORDS] = {0x8000, 0x8000, 0x8000, 0x8000};
        taps += length * words;
        weights += length;
        switch (length) {
#define EK_SWAR_CASE(n)                                                                            \
    case n:                                                                                        \
        ek_swar_step(taps, weights, n, words, totals);                                             \
        __attribute__((fallthrough))
            EK_SWAR_CASE(16);
            EK_SWAR_CASE(15);
            EK_SWAR_CASE(14);
            EK_SWAR_CASE(13);
            EK_SWAR_CASE(12);
            EK_SWAR_CASE(11);
            EK_SWAR_CASE(10);
            EK_SWAR_CASE(9);
            EK_SWAR_CASE(8);
            EK_SWAR_CASE(7);
            EK_SWAR_CASE(6);
            EK_SWAR_CASE(5);
            EK_SWAR_CASE(4);
            EK_SWAR_CASE(3);
            EK_SWAR_CASE(2);
#undef EK_SWAR_CASE
        case 1:
            ek_swar_step(taps, weights, 1, words, totals);
            break;
        default:
            __builtin_unreachable();
        }
#pragma GCC unroll 4
        for (int32_t i = 0; i < words; i++) {
            sums->both[i] = (int32_t)((uint32_t)sums->both[i] + totals[i]);
            sums->upper[i] += (int32_t)totals[i] >> 16;
        }
    }
}

#endif
