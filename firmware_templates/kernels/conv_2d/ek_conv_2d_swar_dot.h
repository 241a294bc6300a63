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
 * A chunk is a byte with how much of the assembler's ladder is jumped over, one step a tap, then
 * the weights; the last byte of a channel jumps behind the ladder. */
#ifndef EK_CONV_2D_SWAR_DOT_H
#define EK_CONV_2D_SWAR_DOT_H

#include "ek_types.h"

enum {
    EK_SWAR_WORDS = 2,
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
    int32_t both[EK_SWAR_WORDS];
    int32_t upper[EK_SWAR_WORDS];
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
    register uint32_t begin __asm__("r12") = 0x8000;
    __asm__ volatile(
        ".syntax unified\n" EK_SWAR_BEGIN "mov r6, r12\n"
        "mov lr, r12\n" EK_SWAR_BYTE(r3) "add pc, r3\n"
                                         "nop\n" EK_SWAR_LADDER_4 EK_SWAR_LADDER_4 EK_SWAR_LADDER_4
                                             EK_SWAR_LADDER_4 EK_SWAR_FLUSH EK_SWAR_FINISH
                                         ".syntax divided\n"
        : "+r"(at), "+r"(stream), "+r"(both_0), "+r"(both_1), "+r"(upper_0), "+r"(upper_1)
        : "r"(begin)
        : "r2", "r3", "r4", "r5", "r6", "lr", "cc", "memory");
    sums->both[0] = both_0;
    sums->both[1] = both_1;
    sums->upper[0] = upper_0;
    sums->upper[1] = upper_1;
    return stream;
}

#else

/* The specification of the assembler. */
EK_KERNEL const uint8_t *ek_swar_dot_2(const int32_t *taps, const uint8_t *weights,
                                       ek_swar_sums_t *sums)
{
    for (; *weights != EK_SWAR_END;) {
        const uint8_t *const end = weights + 1 + EK_SWAR_LADDER - *weights / EK_SWAR_STEP_BYTES;
        uint32_t totals[EK_SWAR_WORDS] = {0x8000, 0x8000};
        for (weights++; weights != end; weights++) {
            for (int32_t i = 0; i < EK_SWAR_WORDS; i++) {
                totals[i] += (uint32_t)*taps++ * (uint32_t)(int32_t)(int8_t)*weights;
            }
        }
        for (int32_t i = 0; i < EK_SWAR_WORDS; i++) {
            sums->both[i] = (int32_t)((uint32_t)sums->both[i] + totals[i]);
            sums->upper[i] += (int32_t)totals[i] >> 16;
        }
    }
    return weights + 1;
}

#endif

#endif
