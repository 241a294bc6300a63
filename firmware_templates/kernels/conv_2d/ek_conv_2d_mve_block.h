/* SPDX-License-Identifier: Apache-2.0 */
/* The inner block of int8 convolution for cores with MVE: 4 positions x all channels, 2 at a time.
 *
 * The taps of a position are contiguous bytes. The first 16 of them make the first step, in which
 * only as many weights are not 0 that all further steps are whole: nothing behind the last tap is
 * read. Fewer than 16 taps are read as 16, with weights of 0.
 *
 * The stream, per pair of channels: 16 weights of each, step by step; their form (ek_mve.h). */
#ifndef EK_CONV_2D_MVE_BLOCK_H
#define EK_CONV_2D_MVE_BLOCK_H

#include "ek_mve.h"

enum { EK_CONV_2D_MVE_POSITIONS = 4 };

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w;
    int32_t depth, filters; /* channels of the input and of the output in a group */
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t mode;                /* ek_mve.h */
    int32_t head, unroll, loops; /* steps after the first: `head`, then `loops` times `unroll` */
    const int32_t *stream;       /* weights and forms */
} ek_conv_2d_s8_mve_params_t;

/* What a block works on. The order is that in which its registers are loaded. */
typedef struct {
    const int8_t *rows[EK_CONV_2D_MVE_POSITIONS];
    const int32_t *end; /* of the stream */
    int8_t *output;     /* of the first position */
} ek_conv_2d_mve_task_t;

EK_KERNEL int32_t ek_conv_2d_mve_taps(const ek_conv_2d_s8_mve_params_t *p)
{
    return p->kernel_h * p->kernel_w * p->depth;
}

/* Steps after the first. */
EK_KERNEL int32_t ek_conv_2d_mve_steps(const ek_conv_2d_s8_mve_params_t *p)
{
    return p->head + p->unroll * p->loops;
}

/* Taps of the first step. */
EK_KERNEL int32_t ek_conv_2d_mve_first(const ek_conv_2d_s8_mve_params_t *p)
{
    return ek_conv_2d_mve_taps(p) - ek_conv_2d_mve_steps(p) * EK_MVE_BYTES;
}

/* Words of the stream per pair of channels. */
EK_KERNEL int32_t ek_conv_2d_mve_words(const ek_conv_2d_s8_mve_params_t *p)
{
    return (ek_conv_2d_mve_steps(p) + 1) * 8 + 2 * ek_mve_form_words(p->mode);
}

#if EK_MVE

/* Weights of two channels; then the taps of four positions against them. Sums of the first
 * channel are in r0, r2, r4 and r6, those of the second in r8, r10, r12 and lr. */
#define EK_MVE_WEIGHTS "vldrb.u8 q0, [r9], #16\n vldrb.u8 q1, [r9], #16\n"
#define EK_MVE_LOAD(x, row, bytes) "vldrb.u8 " #x ", [" #row "], #" bytes "\n"
#define EK_MVE_SUMS(op, x, one, other)                                                             \
    op ".s8 " #one ", " #x ", q0\n " op ".s8 " #other ", " #x ", q1\n"

#define EK_MVE_STEP                                                                                \
    EK_MVE_WEIGHTS                                                                                 \
    EK_MVE_LOAD(q2, r1, "16")                                                                      \
    EK_MVE_LOAD(q3, r3, "16")                                                                      \
    EK_MVE_SUMS("vmladava", q2, r0, r8)                                                            \
    EK_MVE_LOAD(q4, r5, "16")                                                                      \
    EK_MVE_SUMS("vmladava", q3, r2, r10)                                                           \
    EK_MVE_LOAD(q5, r7, "16")                                                                      \
    EK_MVE_SUMS("vmladava", q4, r4, r12)                                                           \
    EK_MVE_SUMS("vmladava", q5, r6, lr)

#define EK_MVE_LOADS                                                                               \
    EK_MVE_LOAD(q2, r1, "%c[first]")                                                               \
    EK_MVE_LOAD(q3, r3, "%c[first]")                                                               \
    EK_MVE_LOAD(q4, r5, "%c[first]")                                                               \
    EK_MVE_LOAD(q5, r7, "%c[first]")

#define EK_MVE_FIRST_SUMS                                                                          \
    EK_MVE_SUMS("vmladav", q2, r0, r8)                                                             \
    EK_MVE_SUMS("vmladav", q3, r2, r10)                                                            \
    EK_MVE_SUMS("vmladav", q4, r4, r12)                                                            \
    EK_MVE_SUMS("vmladav", q5, r6, lr)

/* `offsets` of the 8 results from the output: each position's two channels. */
EK_KERNEL void ek_conv_2d_mve_block(const ek_conv_2d_s8_mve_params_t *p,
                                    const ek_conv_2d_mve_task_t *task, const int32_t *stream,
                                    const uint16_t *offsets)
{
    register const ek_conv_2d_mve_task_t *r0 __asm__("r0") = task;
    register const uint16_t *r1 __asm__("r1") = offsets;
    register int32_t r2 __asm__("r2") = p->output_zero_point;
    register const int32_t *r9 __asm__("r9") = stream;
    /* clang-format off */
    __asm__ volatile(
        "push {r6, r7}\n"
        "vldrh.u16 q7, [r1]\n"
        "vdup.16 q6, r2\n"
        "ldm r0, {r1, r3, r5, r7, r8, r11}\n"
        "push {r1, r3, r5, r7, r8, r11}\n"
        ".if %c[steps] == 0\n" EK_MVE_LOADS "mov r1, r8\n .endif\n"
        "1:\n"
        EK_MVE_WEIGHTS
        ".if %c[steps] > 0\n" EK_MVE_LOADS ".endif\n"
        EK_MVE_FIRST_SUMS
        ".rept %c[head]\n" EK_MVE_STEP ".endr\n"
        ".if %c[loops] > 0\n"
        ".if %c[loops] > 1\n str r11, [sp, #20]\n mov r11, #%c[loops]\n .endif\n"
        "2:\n"
        ".rept %c[unroll]\n" EK_MVE_STEP ".endr\n"
        ".if %c[loops] > 1\n subs r11, r11, #1\n bne.w 2b\n ldr r11, [sp, #20]\n .endif\n"
        ".endif\n"
        EK_MVE_COLLECT
        EK_MVE_SCALE
        EK_MVE_NARROW
        "vstrb.16 q0, [r11, q7]\n"
        "add r11, r11, #2\n"
        ".if %c[steps] > 0\n ldm sp, {r1, r3, r5, r7, r8}\n cmp r9, r8\n"
        ".else\n cmp r9, r1\n .endif\n"
        "bne.w 1b\n"
        "add sp, sp, #24\n"
        "pop {r6, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r9)
        : [steps] "i"(ek_conv_2d_mve_steps(p)), [first] "i"(ek_conv_2d_mve_first(p)),
          [head] "i"(p->head), [unroll] "i"(p->unroll), [loops] "i"(p->loops),
          [mode] "i"(p->mode), [zero_point] "i"(p->output_zero_point),
          [low] "i"(p->output_min), [high] "i"(p->output_max)
        : "r3", "r4", "r5", "r6", "r8", "r10", "r11", "r12", "lr", "q0", "q1", "q2", "q3", "q4",
          "q5", "q6", "q7", "cc", "memory");
    /* clang-format on */
}

#else

EK_KERNEL void ek_conv_2d_mve_block(const ek_conv_2d_s8_mve_params_t *p,
                                    const ek_conv_2d_mve_task_t *task, const int32_t *stream,
                                    const uint16_t *offsets)
{
    const int32_t steps = ek_conv_2d_mve_steps(p) + 1;
    int8_t *output = task->output;
    for (const int32_t *pair = stream; pair != task->end; pair += ek_conv_2d_mve_words(p)) {
        for (int32_t i = 0; i < 2 * EK_CONV_2D_MVE_POSITIONS; i++) {
            const int8_t *weights = (const int8_t *)pair + i % 2 * EK_MVE_BYTES;
            const int8_t *taps = task->rows[i / 2];
            int32_t sum = ek_mve_dot(taps, weights, ek_conv_2d_mve_first(p));
            taps += ek_conv_2d_mve_first(p);
            for (int32_t step = 1; step < steps; step++) {
                weights += 2 * EK_MVE_BYTES;
                sum += ek_mve_dot(taps, weights, EK_MVE_BYTES);
                taps += EK_MVE_BYTES;
            }
            output[offsets[i]] =
                ek_mve_requantize(sum, pair + steps * 8, 2, i % 2, p->mode, p->output_zero_point,
                                  p->output_min, p->output_max);
        }
        output += 2;
    }
}

#endif

#endif
