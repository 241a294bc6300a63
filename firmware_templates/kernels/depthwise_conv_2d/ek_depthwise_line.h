/* SPDX-License-Identifier: Apache-2.0 */
/* A row of outputs of one channel of a depthwise convolution, four at a time, from rows of pairs of
 * columns; the C at the end is the specification of the assembler. The stream of a channel:
 *
 *     multiplier, addend, step, exponent (ek_dsp_sum.h), bias, then per row of the kernel
 *     stride 1: (w0 w1) (0 w0), (w2 w3) (w1 w2) ... for outputs of even and of odd columns
 *     stride 2: (w0 w1), (w2 w3) ...
 *
 * with bias and weights shifted to the left by the form's prescale. */
#ifndef EK_DEPTHWISE_LINE_H
#define EK_DEPTHWISE_LINE_H

#include "ek_dsp_sum.h"

enum { EK_DEPTHWISE_FORM_WORDS = 5 };

/* A row of outputs of one channel. */
typedef struct {
    const int32_t *stream;
    const int32_t *in; /* the ring's row that is the kernel's first, at the first output's pair */
    int8_t *out;
    int32_t count; /* outputs */
    int32_t step;  /* bytes from output to output */
    int32_t rows;  /* of the kernel */
    int32_t slot;  /* of the first row: so many rows are left when the ring begins again */
    int32_t row_bytes, ring_bytes;
    int32_t halves; /* terms / 2 */
    int32_t low, high;
} ek_depthwise_line_t;

#if EK_DSP

/* r0-r3 sums, r4 weights, r5 pairs, r11 the row's first pair, r12 rows left. On the stack: the
 * line, with `in`, `out` and `count` as they go on. */
#define EK_DEPTHWISE_LINE_BEGIN                                                                    \
    "push {r4-r11, lr}\n"                                                                          \
    "ldm r0!, {r1-r6}\n"                                                                           \
    "sub sp, sp, #48\n"                                                                            \
    "stm sp, {r1-r6}\n"                                                                            \
    "ldm r0, {r1-r6}\n"                                                                            \
    "add r0, sp, #24\n"                                                                            \
    "stm r0, {r1-r6}\n"                                                                            \
    "0:\n"                                                                                         \
    "ldrd r4, r11, [sp]\n"                                                                         \
    "ldr r12, [sp, #20]\n"                                                                         \
    "ldr r0, [r4, #16]\n"                                                                          \
    "add r4, r4, #20\n"                                                                            \
    "mov r1, r0\n"                                                                                 \
    "mov r2, r0\n"                                                                                 \
    "mov r3, r0\n"                                                                                 \
    "1:\n"                                                                                         \
    "ldr lr, [sp, #36]\n"

#define EK_DEPTHWISE_LINE_TERMS_1                                                                  \
    "mov r5, r11\n"                                                                                \
    "ldr r8, [r5], #4\n"                                                                           \
    "2:\n"                                                                                         \
    "ldrd r6, r7, [r4], #8\n"                                                                      \
    "ldr r9, [r5], #4\n"                                                                           \
    "smlad r0, r8, r6, r0\n"                                                                       \
    "smlad r1, r8, r7, r1\n"                                                                       \
    "smlad r2, r9, r6, r2\n"                                                                       \
    "smlad r3, r9, r7, r3\n"                                                                       \
    "ldrd r6, r7, [r4], #8\n"                                                                      \
    "ldr r8, [r5], #4\n"                                                                           \
    "smlad r0, r9, r6, r0\n"                                                                       \
    "smlad r1, r9, r7, r1\n"                                                                       \
    "smlad r2, r8, r6, r2\n"                                                                       \
    "smlad r3, r8, r7, r3\n"                                                                       \
    "subs lr, lr, #1\n"                                                                            \
    "bne 2b\n"

#define EK_DEPTHWISE_LINE_TERMS_2                                                                  \
    "mov r5, r11\n"                                                                                \
    "2:\n"                                                                                         \
    "ldrd r6, r7, [r5], #8\n"                                                                      \
    "ldrd r8, r9, [r5]\n"                                                                          \
    "ldr r10, [r4], #4\n"                                                                          \
    "smlad r0, r6, r10, r0\n"                                                                      \
    "smlad r1, r7, r10, r1\n"                                                                      \
    "smlad r2, r8, r10, r2\n"                                                                      \
    "smlad r3, r9, r10, r3\n"                                                                      \
    "ldr r10, [r4], #4\n"                                                                          \
    "ldr r6, [r5, #8]\n"                                                                           \
    "smlad r0, r7, r10, r0\n"                                                                      \
    "smlad r1, r8, r10, r1\n"                                                                      \
    "smlad r2, r9, r10, r2\n"                                                                      \
    "smlad r3, r6, r10, r3\n"                                                                      \
    "subs lr, lr, #1\n"                                                                            \
    "bne 2b\n"

#define EK_DEPTHWISE_LINE_RESULT(x)                                                                \
    "and r8, r6, " #x ", asr #31\n"                                                                \
    "add r8, r8, r5\n"                                                                             \
    "smmla " #x ", " #x ", r4, r8\n"                                                               \
    "asr " #x ", " #x ", r7\n"                                                                     \
    "ssat " #x ", #8, " #x "\n"

#define EK_DEPTHWISE_LINE_CLAMP(x)                                                                 \
    "cmp " #x ", r8\n"                                                                             \
    "it lt\n"                                                                                      \
    "movlt " #x ", r8\n"                                                                           \
    "cmp " #x ", r9\n"                                                                             \
    "it gt\n"                                                                                      \
    "movgt " #x ", r9\n"

#define EK_DEPTHWISE_LINE_STORE(x)                                                                 \
    "strb " #x ", [r11]\n"                                                                         \
    "add r11, r11, lr\n"                                                                           \
    "subs r12, r12, #1\n"                                                                          \
    "beq 5f\n"

/* The next row of the kernel, and again from the ring's begin where `slot` rows are left. */
#define EK_DEPTHWISE_LINE_NEXT_ROW                                                                 \
    "subs r12, r12, #1\n"                                                                          \
    "beq 3f\n"                                                                                     \
    "ldrd r6, r7, [sp, #24]\n"                                                                     \
    "add r11, r11, r7\n"                                                                           \
    "cmp r12, r6\n"                                                                                \
    "itt eq\n"                                                                                     \
    "ldreq r6, [sp, #32]\n"                                                                        \
    "subeq r11, r11, r6\n"                                                                         \
    "b 1b\n"                                                                                       \
    "3:\n"

#define EK_DEPTHWISE_LINE_REQUANTIZE                                                               \
    "ldr r8, [sp]\n"                                                                               \
    "ldm r8, {r4-r7}\n" EK_DEPTHWISE_LINE_RESULT(r0) EK_DEPTHWISE_LINE_RESULT(r1)                  \
        EK_DEPTHWISE_LINE_RESULT(r2) EK_DEPTHWISE_LINE_RESULT(r3)

/* Where the range is narrower than int8's. */
#define EK_DEPTHWISE_LINE_CLAMPS                                                                   \
    "ldrd r8, r9, [sp, #40]\n"                                                                     \
    "sub r4, r9, r8\n"                                                                             \
    "cmp r4, #255\n"                                                                               \
    "beq 3f\n" EK_DEPTHWISE_LINE_CLAMP(r0) EK_DEPTHWISE_LINE_CLAMP(r1) EK_DEPTHWISE_LINE_CLAMP(r2) \
        EK_DEPTHWISE_LINE_CLAMP(r3) "3:\n"

/* Four results, or the last ones of the line; then four outputs on, `bytes` in the rows. */
#define EK_DEPTHWISE_LINE_STORES(bytes)                                                            \
    "ldrd r11, r12, [sp, #8]\n"                                                                    \
    "ldr lr, [sp, #16]\n"                                                                          \
    "cmp r12, #4\n"                                                                                \
    "blo 4f\n"                                                                                     \
    "strb r0, [r11]\n"                                                                             \
    "strb r1, [r11, lr]\n"                                                                         \
    "add r11, r11, lr, lsl #1\n"                                                                   \
    "strb r2, [r11]\n"                                                                             \
    "strb r3, [r11, lr]\n"                                                                         \
    "add r11, r11, lr, lsl #1\n"                                                                   \
    "subs r12, r12, #4\n"                                                                          \
    "beq 5f\n"                                                                                     \
    "strd r11, r12, [sp, #8]\n"                                                                    \
    "ldr r11, [sp, #4]\n"                                                                          \
    "add r11, r11, #" #bytes "\n"                                                                  \
    "str r11, [sp, #4]\n"                                                                          \
    "b 0b\n"                                                                                       \
    "4:\n" EK_DEPTHWISE_LINE_STORE(r0) EK_DEPTHWISE_LINE_STORE(r1) "strb r2, [r11]\n"              \
                                                                   "5:\n"                          \
                                                                   "add sp, sp, #48\n"             \
                                                                   "pop {r4-r11, pc}\n"

#define EK_DEPTHWISE_LINE_END(bytes)                                                               \
    EK_DEPTHWISE_LINE_NEXT_ROW EK_DEPTHWISE_LINE_REQUANTIZE EK_DEPTHWISE_LINE_CLAMPS               \
    EK_DEPTHWISE_LINE_STORES(bytes)

static __attribute__((naked, noinline, unused)) void
ek_depthwise_line_1(const ek_depthwise_line_t *line __attribute__((unused)))
{
    __asm__ volatile(EK_DEPTHWISE_LINE_BEGIN EK_DEPTHWISE_LINE_TERMS_1 EK_DEPTHWISE_LINE_END(8));
}

static __attribute__((naked, noinline, unused)) void
ek_depthwise_line_2(const ek_depthwise_line_t *line __attribute__((unused)))
{
    __asm__ volatile(EK_DEPTHWISE_LINE_BEGIN EK_DEPTHWISE_LINE_TERMS_2 EK_DEPTHWISE_LINE_END(16));
}

#else

/* The sum of output `x`, whose pairs are those of column `stride` * x. */
static inline int32_t ek_depthwise_line_sum(const ek_depthwise_line_t *line, int32_t x,
                                            int32_t stride)
{
    const int32_t words = stride == 1 ? 2 : 1;
    const int32_t *w = line->stream + EK_DEPTHWISE_FORM_WORDS + (stride == 1 ? x & 1 : 0);
    const int32_t *in = line->in + (stride == 1 ? x / 2 : x);
    int32_t sum = line->stream[EK_DEPTHWISE_FORM_WORDS - 1];
    for (int32_t left = line->rows; left > 0; left--) {
        if (left == line->slot) {
            in -= line->ring_bytes / (int32_t)sizeof(int32_t);
        }
        for (int32_t k = 0; k < 2 * line->halves; k++) {
            sum = ek_dsp_dual(in[k], *w, sum);
            w += words;
        }
        in += line->row_bytes / (int32_t)sizeof(int32_t);
    }
    return sum;
}

static inline void ek_depthwise_line_c(const ek_depthwise_line_t *line, int32_t stride)
{
    for (int32_t x = 0; x < line->count; x++) {
        line->out[x * line->step] = ek_dsp_requantize(ek_depthwise_line_sum(line, x, stride),
                                                      line->stream, 0, line->low, line->high);
    }
}

static inline void ek_depthwise_line_1(const ek_depthwise_line_t *line)
{
    ek_depthwise_line_c(line, 1);
}

static inline void ek_depthwise_line_2(const ek_depthwise_line_t *line)
{
    ek_depthwise_line_c(line, 2);
}

#endif

#endif
