/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of outputs of some channels of a depthwise convolution whose kernel is one row of taps,
 * column stride 1: four outputs at a time from pairs of columns, as ek_depthwise_line.h has them.
 * The stream of a channel, w[taps] being 0:
 *
 *     multiplier, addend, step, exponent (ek_dsp_sum.h), bias,
 *     for each i < taps / 2: (w[2i] w[2i+1]) (w[2i+1] w[2i+2])
 *
 * An output of an even column is the sum of its pairs times the words at first place, one of an
 * odd column begins in the middle of a pair: w[0] alone, then the words at second place. With an
 * odd number of taps the even column's last one is alone.
 *
 * The C at the end is the specification of the assembler. */
#ifndef EK_DEPTHWISE_TAPS_H
#define EK_DEPTHWISE_TAPS_H

#include "ek_dsp_sum.h"

typedef struct {
    const int32_t *stream; /* the first channel's bias */
    const int32_t *in;
    int8_t *out;
    int32_t count;                /* outputs of a row */
    int32_t step;                 /* bytes from output to output */
    int32_t filters, plane_bytes; /* channels; from one's pairs to the next one's */
    int32_t low, high;
    int32_t taps; /* in the assembler's instructions */
} ek_depthwise_taps_t;

typedef void (*ek_depthwise_taps_function_t)(const ek_depthwise_taps_t *);

static inline int32_t ek_depthwise_taps_words(int32_t taps)
{
    return 5 + taps / 2 * 2;
}

#if EK_DSP

/* clang-format off */
/* r0-r3 sums, r4-r7 weights, r8-r11 pairs, r12 input, lr stream. The stack: what the function is
 * given, of which stream, in, out and count go on; 36 in, out and count of the channel. */
#define EK_TAPS_ENTER \
    "push {r4-r11, lr}\n" \
    "sub sp, sp, #48\n" \
    "ldm r0, {r1-r9}\n" \
    "stm sp, {r1-r9}\n" \
    "add r10, sp, #36\n" \
    "stm r10, {r2-r4}\n"

/* Bias and the first two words, or four; the odd columns' first tap. */
#define EK_TAPS_FIRST \
    "0:\n" \
    "ldrd lr, r12, [sp]\n" \
    ".if %c[taps] < 4\n" \
    "ldm lr!, {r3-r5}\n" \
    "ldm r12!, {r8-r10}\n" \
    ".else\n" \
    "ldm lr!, {r3-r7}\n" \
    "ldm r12!, {r8-r11}\n" \
    ".endif\n" \
    "smlad r0, r8, r4, r3\n" \
    "smlatb r1, r8, r4, r3\n" \
    "smlad r2, r9, r4, r3\n" \
    "smlatb r3, r9, r4, r3\n" \
    "smlad r1, r9, r5, r1\n" \
    "smlad r3, r10, r5, r3\n" \
    ".if %c[taps] >= 4\n" \
    "smlad r0, r9, r6, r0\n" \
    "smlad r2, r10, r6, r2\n" \
    "smlad r1, r10, r7, r1\n" \
    "smlad r3, r11, r7, r3\n" \
    ".endif\n"

/* Four words on pairs a to d, of which c and d are loaded. */
#define EK_TAPS_TWO(a, b, c, d) \
    "ldrd " #c ", " #d ", [r12], #8\n" \
    "ldm lr!, {r4-r7}\n" \
    "smlad r0, " #a ", r4, r0\n" \
    "smlad r2, " #b ", r4, r2\n" \
    "smlad r1, " #b ", r5, r1\n" \
    "smlad r3, " #c ", r5, r3\n" \
    "smlad r0, " #b ", r6, r0\n" \
    "smlad r2, " #c ", r6, r2\n" \
    "smlad r1, " #c ", r7, r1\n" \
    "smlad r3, " #d ", r7, r3\n"

/* The last two words, where their number asks for it; then the even columns' last tap. */
#define EK_TAPS_LAST(a, b, c, d) \
    ".if %c[taps] %% 4 >= 2 && %c[taps] >= 4\n" \
    "ldr " #c ", [r12]\n" \
    "ldrd r6, r7, [lr]\n" \
    "smlad r0, " #a ", r6, r0\n" \
    "smlad r2, " #b ", r6, r2\n" \
    "smlad r1, " #b ", r7, r1\n" \
    "smlad r3, " #c ", r7, r3\n" \
    ".if %c[taps] %% 2\n" \
    "smlabt r0, " #b ", r7, r0\n" \
    "smlabt r2, " #c ", r7, r2\n" \
    ".endif\n" \
    ".elseif %c[taps] %% 2 && %c[taps] >= 4\n" \
    "smlabt r0, " #a ", r7, r0\n" \
    "smlabt r2, " #b ", r7, r2\n" \
    ".elseif %c[taps] == 3\n" \
    "smlabt r0, r9, r5, r0\n" \
    "smlabt r2, r10, r5, r2\n" \
    ".endif\n"

/* Words 4 and on, in turns. After the first four the pairs r10 and r11 are those that go on. */
#define EK_TAPS_SUMS \
    ".if %c[taps] >= 12\n" \
    ".rept (%c[taps] / 4 - 1) / 2\n" \
    EK_TAPS_TWO(r10, r11, r8, r9) EK_TAPS_TWO(r8, r9, r10, r11) \
    ".endr\n" \
    ".endif\n" \
    ".if %c[taps] >= 8 && (%c[taps] / 4) %% 2 == 0\n" \
    EK_TAPS_TWO(r10, r11, r8, r9) EK_TAPS_LAST(r8, r9, r10, r11) \
    ".else\n" \
    EK_TAPS_LAST(r10, r11, r8, r9) \
    ".endif\n"

#define EK_TAPS_RESULT(x) \
    "and r8, r6, " #x ", asr #31\n" \
    "add r8, r8, r5\n" \
    "smmla " #x ", " #x ", r4, r8\n" \
    "asr " #x ", " #x ", r7\n" \
    "ssat " #x ", #8, " #x "\n"

#define EK_TAPS_CLAMP(x) \
    "cmp " #x ", r8\n it lt\n movlt " #x ", r8\n" \
    "cmp " #x ", r9\n it gt\n movgt " #x ", r9\n"

#define EK_TAPS_RESULTS \
    "ldr r8, [sp]\n" \
    "ldmdb r8, {r4-r7}\n" \
    EK_TAPS_RESULT(r0) EK_TAPS_RESULT(r1) EK_TAPS_RESULT(r2) EK_TAPS_RESULT(r3) \
    ".if %c[clamp]\n" \
    "ldrd r8, r9, [sp, #28]\n" \
    EK_TAPS_CLAMP(r0) EK_TAPS_CLAMP(r1) EK_TAPS_CLAMP(r2) EK_TAPS_CLAMP(r3) \
    ".endif\n"

#define EK_TAPS_STORE(x) \
    "strb " #x ", [r11]\n" \
    "add r11, r11, lr\n" \
    "subs r12, r12, #1\n" \
    "beq 5f\n"

/* Four results, or the last ones of the row; then the next channel. */
#define EK_TAPS_LEAVE \
    "ldrd r11, r12, [sp, #8]\n" \
    "ldr lr, [sp, #16]\n" \
    "cmp r12, #4\n" \
    "blo 4f\n" \
    "strb r0, [r11]\n" \
    "strb r1, [r11, lr]\n" \
    "add r11, r11, lr, lsl #1\n" \
    "strb r2, [r11]\n" \
    "strb r3, [r11, lr]\n" \
    "add r11, r11, lr, lsl #1\n" \
    "subs r12, r12, #4\n" \
    "beq 5f\n" \
    "ldr r10, [sp, #4]\n" \
    "add r10, r10, #8\n" \
    "str r10, [sp, #4]\n" \
    "strd r11, r12, [sp, #8]\n" \
    "b 0b\n" \
    "4:\n" \
    EK_TAPS_STORE(r0) EK_TAPS_STORE(r1) \
    "strb r2, [r11]\n" \
    "5:\n" \
    "ldrd r4, r5, [sp, #20]\n" \
    "subs r4, r4, #1\n" \
    "beq 6f\n" \
    "str r4, [sp, #20]\n" \
    "ldr r0, [sp]\n" \
    "add r1, sp, #36\n" \
    "ldm r1, {r1-r3}\n" \
    "add r0, r0, #20 + %c[taps] / 2 * 8\n" \
    "add r1, r1, r5\n" \
    "add r2, r2, #1\n" \
    "strd r1, r2, [sp, #36]\n" \
    "stm sp, {r0-r3}\n" \
    "b 0b\n" \
    "6:\n" \
    "add sp, sp, #48\n" \
    "pop {r4-r11, pc}\n"

#define EK_TAPS_NAME "ek_depthwise_taps_%c[taps]_%c[clamp]"

/* The function for a number of taps, at least 2; it is written where it is first asked for, into a
 * section and under a name of its own. */
EK_KERNEL ek_depthwise_taps_function_t ek_depthwise_taps_function(int32_t taps, bool clamp)
{
    uintptr_t function;
    __asm__(
        ".ifndef " EK_TAPS_NAME "\n"
        ".pushsection .text." EK_TAPS_NAME ", \"ax\", %%progbits\n"
        ".p2align 2\n"
        ".thumb_func\n"
        ".type " EK_TAPS_NAME ", %%function\n"
        EK_TAPS_NAME ":\n"
        EK_TAPS_ENTER EK_TAPS_FIRST EK_TAPS_SUMS EK_TAPS_RESULTS EK_TAPS_LEAVE
        ".size " EK_TAPS_NAME ", . - " EK_TAPS_NAME "\n"
        ".popsection\n"
        ".endif\n"
        "movw %[function], #:lower16:" EK_TAPS_NAME "\n"
        "movt %[function], #:upper16:" EK_TAPS_NAME "\n"
        : [function] "=r"(function)
        : [taps] "i"(taps), [clamp] "i"(clamp));
    return (ek_depthwise_taps_function_t)function;
}
/* clang-format on */

#else

static inline int32_t ek_depthwise_taps_sum(const ek_depthwise_taps_t *line, const int32_t *stream,
                                            const int32_t *in, bool odd)
{
    const int32_t halves = line->taps / 2;
    int32_t sum = stream[0];
    if (odd) {
        sum += (in[0] >> 16) * (int16_t)(stream[1] & 0xFFFF);
    }
    for (int32_t i = 0; i < halves; i++) {
        sum = ek_dsp_dual(odd ? in[i + 1] : in[i], stream[1 + 2 * i + (odd ? 1 : 0)], sum);
    }
    if (!odd && line->taps % 2 != 0) {
        sum += (int16_t)(in[halves] & 0xFFFF) * (stream[2 * halves] >> 16);
    }
    return sum;
}

static inline void ek_depthwise_taps_c(const ek_depthwise_taps_t *line)
{
    const int32_t *stream = line->stream;
    const int32_t *in = line->in;
    for (int32_t f = 0; f < line->filters; f++) {
        for (int32_t x = 0; x < line->count; x++) {
            const int32_t sum = ek_depthwise_taps_sum(line, stream, in + x / 2, x % 2 != 0);
            line->out[f + x * line->step] =
                ek_dsp_requantize(sum, stream - 4, 0, line->low, line->high);
        }
        stream += ek_depthwise_taps_words(line->taps);
        in += line->plane_bytes / (int32_t)sizeof(int32_t);
    }
}

#define ek_depthwise_taps_function(taps, clamp) ek_depthwise_taps_c

#endif

#endif
