/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with the DSP extension, one body of code for all layers of a model.
 *
 * Weights, taps and scratch are those of ek_conv_2d_dsp_w8.h, in groups of eight taps; what the
 * specialised kernels take as literals is read from the parameters. The output's range is int8's.
 */
#ifndef EK_CONV_2D_S8_DSP_SMALL_H
#define EK_CONV_2D_S8_DSP_SMALL_H

#include "ek_conv_2d_dsp.h"

typedef ek_conv_2d_dsp_params_t ek_conv_2d_s8_dsp_small_params_t;

#if EK_DSP

#define EK_SMALL_LINEAR(x, multiplier, addend)                                                     \
    "smmla " #x ", " #x ", " #multiplier ", " #addend "\n"                                         \
    "asr " #x ", " #x ", r6\n ssat " #x ", #8, " #x "\n"

/* ek_conv_2d_dsp_w8 with everything in registers and on the stack: taps at sp, output + 4, its
 * end + 8, the taps' end + 12, stride + 16, exponent + 20. */
static inline void ek_conv_2d_dsp_small_block(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                              int8_t *output)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + ek_conv_2d_dsp_stride(p);
    register const int32_t *r4 __asm__("r4") = taps + p->groups * 6;
    register int32_t r5 __asm__("r5") = ek_conv_2d_dsp_stride(p);
    register int32_t r6 __asm__("r6") = p->exponent;
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r5, r6, r7}\n"
        "1:\n"
        "ldrd r8, r11, [r1], #8\n"
        "mov r9, r8\n mov r10, r8\n mov r12, r11\n mov lr, r11\n"
        "2:\n"
        "ldm r1!, {r5-r6}\n" EK_W8_PAIR(r5) EK_W8_PAIR(r6)
        "ldm r1!, {r5-r6}\n" EK_W8_PAIR(r5) EK_W8_PAIR(r6)
        "ldr r7, [sp, #12]\n"
        "cmp r0, r7\n"
        "bne 2b\n"
        "sub r8, r8, r11\n sub r9, r9, r12\n sub r10, r10, lr\n"
        "lsl r11, r11, #8\n lsl r12, r12, #8\n lsl lr, lr, #8\n"
        "ldm r1!, {r2-r5}\n"
        "ldr r6, [sp, #20]\n"
        "cmp r6, #0\n"
        "beq 3f\n"
        EK_SMALL_LINEAR(r11, r2, r3) EK_SMALL_LINEAR(r12, r2, r3) EK_SMALL_LINEAR(lr, r2, r3)
        EK_SMALL_LINEAR(r8, r4, r5) EK_SMALL_LINEAR(r9, r4, r5) EK_SMALL_LINEAR(r10, r4, r5)
        "b 4f\n"
        "3:\n"
        EK_DSP_GENERAL(r11) EK_DSP_GENERAL(r12) EK_DSP_GENERAL(lr)
        "ldm r1!, {r2-r5}\n"
        EK_DSP_GENERAL(r8) EK_DSP_GENERAL(r9) EK_DSP_GENERAL(r10)
        "4:\n"
        "ldrd r2, r3, [sp, #4]\n"
        "ldr r4, [sp, #16]\n"
        "add r5, r2, #1\n"
        "strb r11, [r2]\n strb r12, [r2, r4]\n strb lr, [r2, r4, lsl #1]\n"
        "strb r8, [r5]\n strb r9, [r5, r4]\n strb r10, [r5, r4, lsl #1]\n"
        "add r2, r2, #2\n"
        "str r2, [sp, #4]\n"
        "ldr r0, [sp]\n"
        "cmp r2, r3\n"
        "bne.w 1b\n"
        "pop {r0, r2, r3, r4, r5, r6, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
        : [low] "i"(INT8_MIN), [high] "i"(INT8_MAX)
        : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

static inline void ek_conv_2d_dsp_small_block(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                              int8_t *output)
{
    ek_conv_2d_dsp_w8(p, taps, output, ek_conv_2d_dsp_stride(p));
}

#endif

/* The taps of one position's window; `taps` is its first word. */
static inline void ek_conv_2d_dsp_small_window(const ek_conv_2d_dsp_params_t *p,
                                               const ek_conv_2d_dsp_place_t *place,
                                               const int8_t *input,
                                               const ek_conv_2d_dsp_scratch_t *scratch,
                                               int32_t *taps)
{
    const int32_t row_bytes = ek_conv_2d_dsp_row(p);
    int32_t slot = p->kernel_h * (row_bytes & ~3);
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int8_t *row =
            ek_conv_2d_dsp_stage(p, place, ky, input, scratch->outside, scratch->staged);
        int32_t i = 0;
        for (; i + 4 <= row_bytes; i += 4) {
            ek_dsp_widen(row + i, taps, taps + 3);
            taps += 6;
        }
        /* What is left over goes behind the groups of all rows. */
        int32_t *const rest = taps - (ky + 1) * (row_bytes / 4) * 6;
        for (; i < row_bytes; i++, slot++) {
            const int16_t value = row[i];
            int8_t *const word = (int8_t *)(rest + (slot >> 2) * 6 + (slot & 1) * 3);
            __builtin_memcpy(word + (slot & 2), &value, sizeof value);
        }
    }
}

static __attribute__((noinline)) void ek_conv_2d_dsp_small(const ek_conv_2d_dsp_params_t *p,
                                                           const int8_t *input, int8_t *output,
                                                           void *scratch)
{
    const int32_t stride = ek_conv_2d_dsp_stride(p);
    const ek_conv_2d_dsp_scratch_t parts = ek_conv_2d_dsp_split(p, scratch, true);
    ek_conv_2d_dsp_place_t next = {-p->pad_h, -p->pad_w,
                                   -(p->pad_h * p->input_w + p->pad_w) * p->input_c};
    int32_t left = p->batches * p->output_h * p->output_w;
    while (left > 0) {
        const int32_t count = left < 3 ? left : 3;
        for (int32_t k = 0; k < count; k++) {
            ek_conv_2d_dsp_small_window(p, &next, input, &parts, parts.taps + k);
            ek_conv_2d_dsp_advance(p, &next);
        }
        ek_conv_2d_dsp_small_block(p, parts.taps, parts.results);
        for (int32_t k = 0; k < count; k++) {
            memcpy(output, parts.results + k * stride, (size_t)p->output_c);
            output += p->output_c;
        }
        left -= count;
    }
}

EK_KERNEL void ek_conv_2d_s8_dsp_small(const ek_conv_2d_s8_dsp_small_params_t *p,
                                       const int8_t *input, int8_t *output, void *scratch)
{
    /* The compiler must not make a copy of the body for these parameters. */
    __asm__("" : "+r"(p));
    ek_conv_2d_dsp_small(p, input, output, scratch);
}

#endif
