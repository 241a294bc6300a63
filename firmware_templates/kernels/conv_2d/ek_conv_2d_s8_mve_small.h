/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with MVE, made for little flash: one body of code for all layers of
 * a model, with parameters in as few bytes as they need.
 *
 * Four positions at a time, two channels of each: the sums of ek_conv_2d_mve_block.h in a loop.
 * All steps have 16 taps; the last ones are filled up, with anything, against weights of 0. A
 * pixel of whole vectors is read where it lies; other windows are gathered into scratch.
 *
 * The stream, per pair of channels: 16 weights of each, step by step; (bias << 8) + shift of both,
 * multipliers of both. They are as EK_MVE_SIGNED has them (ek_mve.h), which serves EK_MVE_RELU,
 * too: what is negative is clamped. */
#ifndef EK_CONV_2D_S8_MVE_SMALL_H
#define EK_CONV_2D_S8_MVE_SMALL_H

#include "ek_conv_2d_mve_block.h"

typedef struct {
    uint16_t batches;
    uint16_t input_h, input_w, input_c;
    uint16_t output_h, output_w, output_c; /* an even number of channels */
    uint16_t steps;                        /* of 16 taps */
    uint8_t kernel_h, kernel_w;
    uint8_t stride_h, stride_w;
    uint8_t dilation_h;
    uint8_t pad_h, pad_w; /* before the first row and column */
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t output_min, output_max;
    const int32_t *stream;
} ek_conv_2d_s8_mve_small_params_t;

/* What a block works on. The order is that in which its registers are loaded. */
typedef struct {
    const int8_t *rows[EK_CONV_2D_MVE_POSITIONS];
    const int32_t *end; /* of the stream */
    int8_t *output;     /* of the first position */
    int32_t loops;      /* steps after the first */
    int32_t zero_point, low, high;
} ek_conv_2d_mve_small_task_t;

#if EK_MVE

/* `offsets` as of ek_conv_2d_mve_block. The task is copied to the stack, whose pointer is the
 * only register left: rows, end + 16, output + 20, loops + 24, zero point + 28, low, high + 36. */
static inline void ek_conv_2d_mve_small_block(const ek_conv_2d_mve_small_task_t *task,
                                              const int32_t *stream, const uint16_t *offsets)
{
    register const ek_conv_2d_mve_small_task_t *r0 __asm__("r0") = task;
    register const uint16_t *r1 __asm__("r1") = offsets;
    register const int32_t *r9 __asm__("r9") = stream;
    /* clang-format off */
    __asm__ volatile(
        "push {r6, r7}\n"
        "vldrh.u16 q7, [r1]\n"
        "ldm r0, {r1-r8, r10, r11}\n"
        "push {r1-r8, r10, r11}\n"
        "1:\n"
        "ldr r11, [sp, #24]\n"
        "ldm sp, {r1, r3, r5, r7}\n"
        EK_MVE_WEIGHTS
        EK_MVE_LOAD(q2, r1, "16") EK_MVE_LOAD(q3, r3, "16")
        EK_MVE_LOAD(q4, r5, "16") EK_MVE_LOAD(q5, r7, "16")
        EK_MVE_FIRST_SUMS
        "cmp r11, #0\n"
        "beq 3f\n"
        "2:\n"
        EK_MVE_STEP
        "subs r11, r11, #1\n"
        "bne 2b\n"
        "3:\n"
        "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"
        "vmov q1[2], q1[0], r8, r12\n vmov q1[3], q1[1], r10, lr\n"
        "ldm r9!, {r0, r2, r4, r6}\n"
        "sxtb r8, r0\n sxtb r10, r2\n asr r0, r0, #8\n asr r2, r2, #8\n"
        "vadd.i32 q0, q0, r0\n vadd.i32 q1, q1, r2\n"
        EK_MVE_SCALE
        "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"
        "ldrd r0, r2, [sp, #28]\n"
        "ldr r4, [sp, #36]\n"
        "ldrd r8, r11, [sp, #16]\n"
        "vqadd.s16 q0, q0, r0\n"
        "vqmovnb.s16 q0, q0\n"
        "vdup.8 q1, r2\n vdup.8 q2, r4\n"
        "vmax.s8 q0, q0, q1\n vmin.s8 q0, q0, q2\n"
        "vstrb.16 q0, [r11, q7]\n"
        "add r11, r11, #2\n"
        "str r11, [sp, #20]\n"
        "cmp r9, r8\n"
        "bne.w 1b\n"
        "add sp, sp, #40\n"
        "pop {r6, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r9)
        : [mode] "i"(EK_MVE_SIGNED)
        : "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r11", "r12", "lr", "q0", "q1", "q2", "q3",
          "q4", "q5", "q6", "q7", "cc", "memory");
    /* clang-format on */
}

#else

static inline void ek_conv_2d_mve_small_block(const ek_conv_2d_mve_small_task_t *task,
                                              const int32_t *stream, const uint16_t *offsets)
{
    const int32_t words = (task->loops + 1) * 8;
    int8_t *output = task->output;
    for (const int32_t *pair = stream; pair != task->end; pair += words + 4) {
        for (int32_t i = 0; i < 2 * EK_CONV_2D_MVE_POSITIONS; i++) {
            const int8_t *weights = (const int8_t *)pair + i % 2 * EK_MVE_BYTES;
            int32_t sum = 0;
            for (int32_t step = 0; step <= task->loops; step++) {
                sum += ek_mve_dot(task->rows[i / 2] + step * EK_MVE_BYTES,
                                  weights + step * 2 * EK_MVE_BYTES, EK_MVE_BYTES);
            }
            const int32_t form[] = {pair[words + i % 2] >> 8, pair[words + 2 + i % 2],
                                    (int8_t)pair[words + i % 2]};
            output[offsets[i]] = ek_mve_requantize(sum, form, 1, 0, EK_MVE_SIGNED, task->zero_point,
                                                   task->low, task->high);
        }
        output += 2;
    }
}

#endif

/* The taps of the window whose first element is at (y, x): where they lie, or in `taps`. */
static inline const int8_t *ek_conv_2d_mve_small_window(const ek_conv_2d_s8_mve_small_params_t *p,
                                                        const int8_t *image, int32_t y, int32_t x,
                                                        int8_t *taps)
{
    const int32_t over = x + p->kernel_w - p->input_w;
    const int32_t first = x < 0 ? -x : 0;
    const int32_t columns = p->kernel_w - first - (over > 0 ? over : 0);
    const int32_t row_bytes = p->kernel_w * p->input_c;
    int8_t *to = taps;
    for (int32_t ky = 0; ky < p->kernel_h; ky++, y += p->dilation_h, to += row_bytes) {
        const bool inside = y >= 0 && y < p->input_h && columns > 0;
        const int8_t *const row = image + (y * p->input_w + x + first) * p->input_c;
        if (inside && p->kernel_h == 1 && columns == p->kernel_w && row_bytes % EK_MVE_BYTES == 0) {
            return row;
        }
        if (!inside || columns < p->kernel_w) {
            ek_mve_fill(to, p->input_zero_point, row_bytes);
        }
        if (inside) {
            ek_mve_copy(row, to + first * p->input_c, columns * p->input_c);
        }
    }
    return taps;
}

/* The scratch: offsets, taps. Where the taps are gathered, all of a block is read before any of it
 * is written. */
static __attribute__((noinline)) void
ek_conv_2d_mve_small_run(const ek_conv_2d_s8_mve_small_params_t *p, const int8_t *input,
                         int8_t *output, void *scratch)
{
    uint16_t *const offsets = (uint16_t *)scratch;
    int8_t *const taps = (int8_t *)(offsets + 2 * EK_CONV_2D_MVE_POSITIONS);
    ek_conv_2d_mve_small_task_t task;
    task.end = p->stream + p->output_c / 2 * (p->steps * 8 + 4);
    task.loops = p->steps - 1;
    task.zero_point = p->output_zero_point;
    task.low = p->output_min;
    task.high = p->output_max;
    int32_t filled = 0;
    const int32_t rows = p->batches * p->output_h;
    for (int32_t i = 0; i < rows; i++) {
        const int8_t *const image =
            input + i / p->output_h * (p->input_h * p->input_w * p->input_c);
        const int32_t y = i % p->output_h * p->stride_h - p->pad_h;
        for (int32_t column = 0; column < p->output_w; column++) {
            task.rows[filled] =
                ek_conv_2d_mve_small_window(p, image, y, column * p->stride_w - p->pad_w,
                                            taps + filled * p->steps * EK_MVE_BYTES);
            filled++;
            if (filled < EK_CONV_2D_MVE_POSITIONS && (i + 1 < rows || column + 1 < p->output_w)) {
                continue;
            }
            /* Where positions run out, the last one is computed again, to the same place. */
            for (int32_t k = 0; k < EK_CONV_2D_MVE_POSITIONS; k++) {
                const int32_t own = k < filled ? k : filled - 1;
                task.rows[k] = task.rows[own];
                offsets[2 * k] = (uint16_t)(own * p->output_c);
                offsets[2 * k + 1] = (uint16_t)(own * p->output_c + 1);
            }
            task.output = output;
            ek_conv_2d_mve_small_block(&task, p->stream, offsets);
            output += filled * p->output_c;
            filled = 0;
        }
    }
}

EK_KERNEL void ek_conv_2d_s8_mve_small(const ek_conv_2d_s8_mve_small_params_t *p,
                                       const int8_t *input, int8_t *output, void *scratch)
{
    /* The compiler must not make a copy of the body for these parameters. */
    __asm__("" : "+r"(p));
    ek_conv_2d_mve_small_run(p, input, output, scratch);
}

#endif
