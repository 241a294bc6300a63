/* SPDX-License-Identifier: Apache-2.0 */
/* 3x3 convolution of stride 1 by Winograd's F(2x2, 3x3), for cores with the DSP extension.
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, section 4.1.
 * Four outputs take 16 multiplications instead of 36. All of it is exact: the weights' transform
 * is taken four times as large, which makes it integer, and requantization makes up for that; a
 * transformed input is a sum of four values and fits 16 bits.
 *
 * A block is two neighbouring tiles of 2x2 outputs. Words of the transformed windows, for each of
 * the 16 positions, per four channels k0..k3 of tiles p and q:
 *     p(k0 k2) p(k1 k3) q(k0 k2) q(k1 k3)
 * The stream, per pair of output channels c and d: for each position, per four input channels
 * [c(k0 k2) c(k1 k3) d(k0 k2) d(k1 k3)], then bias c, form c, bias d, form d. */
#ifndef EK_CONV_2D_DSP_WINOGRAD_H
#define EK_CONV_2D_DSP_WINOGRAD_H

#include "ek_dsp_sum.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point;
    int32_t output_min, output_max;
    int32_t exponent; /* of all channels, or 0 where each has its own */
    const int32_t *stream;
} ek_conv_2d_dsp_winograd_params_t;

static inline int32_t ek_conv_2d_dsp_winograd_words(const ek_conv_2d_dsp_winograd_params_t *p)
{
    return 16 * p->input_c;
}

#if EK_DSP

#define EK_WINOGRAD_STEP                                                                           \
    "ldm r0!, {r2-r5}\n ldm r1!, {r6-r9}\n"                                                        \
    "smlad r10, r2, r6, r10\n smlad r11, r2, r8, r11\n"                                            \
    "smlad r12, r4, r6, r12\n smlad lr, r4, r8, lr\n"                                              \
    "smlad r10, r3, r7, r10\n smlad r11, r3, r9, r11\n"                                            \
    "smlad r12, r5, r7, r12\n smlad lr, r5, r9, lr\n"

/* One position: pc, pd, qc and qd in r10, r11, r12 and lr. */
#define EK_WINOGRAD_POSITION                                                                       \
    "ldm r0!, {r2-r5}\n ldm r1!, {r6-r9}\n"                                                        \
    "smuad r10, r2, r6\n smuad r11, r2, r8\n smuad r12, r4, r6\n smuad lr, r4, r8\n"               \
    "smlad r10, r3, r7, r10\n smlad r11, r3, r9, r11\n"                                            \
    "smlad r12, r5, r7, r12\n smlad lr, r5, r9, lr\n"                                              \
    ".rept %c[steps] - 1\n" EK_WINOGRAD_STEP ".endr\n"

/* A row of positions: 0 + 1 + 2 to r2-r5, 1 - 2 - 3 to r10, r11, r12 and lr. Positions 0 to 2
 * wait on the stack. */
#define EK_WINOGRAD_ROW                                                                            \
    ".rept 3\n" EK_WINOGRAD_POSITION "push {r10, r11, r12, lr}\n .endr\n" EK_WINOGRAD_POSITION     \
    "pop {r2-r9}\n"                                                                                \
    "sub r10, r6, r10\n sub r11, r7, r11\n sub r12, r8, r12\n sub lr, r9, lr\n"                    \
    "sub r10, r10, r2\n sub r11, r11, r3\n sub r12, r12, r4\n sub lr, lr, r5\n"                    \
    "add r2, r2, r6\n add r3, r3, r7\n add r4, r4, r8\n add r5, r5, r9\n"                          \
    "pop {r6-r9}\n"                                                                                \
    "add r2, r2, r6\n add r3, r3, r7\n add r4, r4, r8\n add r5, r5, r9\n"

/* A column of outputs: the rows' results, 3 to 0 upwards from sp + 16 * column, give the upper
 * outputs in r6-r9, the lower ones in r2-r5. */
#define EK_WINOGRAD_COLUMN(column)                                                                 \
    "add r0, sp, #16 * " #column "\n ldm r0, {r2-r5}\n"                                            \
    "add r0, r0, #32\n ldm r0, {r6-r9}\n"                                                          \
    "add r0, r0, #32\n ldm r0, {r10, r11, r12, lr}\n"                                              \
    "sub r2, r10, r2\n sub r3, r11, r3\n sub r4, r12, r4\n sub r5, lr, r5\n"                       \
    "sub r2, r2, r6\n sub r3, r3, r7\n sub r4, r4, r8\n sub r5, r5, r9\n"                          \
    "add r6, r6, r10\n add r7, r7, r11\n add r8, r8, r12\n add r9, r9, lr\n"                       \
    "add r0, r0, #32\n ldm r0, {r10, r11, r12, lr}\n"                                              \
    "add r6, r6, r10\n add r7, r7, r11\n add r8, r8, r12\n add r9, r9, lr\n"

#define EK_WINOGRAD_LINEAR(x) "add " #x ", " #x ", r10\n" EK_DSP_LINEAR(x, r11, r12)

#define EK_WINOGRAD_GENERAL(x)                                                                     \
    "and r0, r12, " #x ", asr #31\n"                                                               \
    "add r0, r0, r11\n"                                                                            \
    "smmla " #x ", " #x ", r10, r0\n"                                                              \
    "asr " #x ", " #x ", lr\n"                                                                     \
    "ssat " #x ", #8, " #x "\n" EK_DSP_CLAMP(x)

/* clang-format off */
/* The four sums of one channel to int8; its form is the `number`th at r1. */
#define EK_WINOGRAD_FORM(number, a, b, c, d)                                                       \
    ".if %c[exponent] > 0\n"                                                                       \
    "add r0, r1, #12 * " #number "\n ldm r0, {r10, r11, r12}\n"                                    \
    EK_WINOGRAD_LINEAR(a) EK_WINOGRAD_LINEAR(b) EK_WINOGRAD_LINEAR(c) EK_WINOGRAD_LINEAR(d)        \
    ".else\n"                                                                                      \
    "ldr r10, [r1, #20 * " #number "]\n"                                                           \
    "add " #a ", " #a ", r10\n add " #b ", " #b ", r10\n"                                          \
    "add " #c ", " #c ", r10\n add " #d ", " #d ", r10\n"                                          \
    "add r0, r1, #20 * " #number " + 4\n ldm r0, {r10, r11, r12, lr}\n"                            \
    EK_WINOGRAD_GENERAL(a) EK_WINOGRAD_GENERAL(b) EK_WINOGRAD_GENERAL(c) EK_WINOGRAD_GENERAL(d)    \
    ".endif\n"
/* clang-format on */

#define EK_WINOGRAD_STORE(column)                                                                  \
    "ldr r0, [sp, #132]\n"                                                                         \
    "strb r6, [r0, #" #column " * %c[channels]]\n"                                                 \
    "strb r7, [r0, #" #column " * %c[channels] + 1]\n"                                             \
    "strb r8, [r0, #(2 + " #column ") * %c[channels]]\n"                                           \
    "strb r9, [r0, #(2 + " #column ") * %c[channels] + 1]\n"                                       \
    "strb r2, [r0, #%c[row] + " #column " * %c[channels]]\n"                                       \
    "strb r3, [r0, #%c[row] + " #column " * %c[channels] + 1]\n"                                   \
    "strb r4, [r0, #%c[row] + (2 + " #column ") * %c[channels]]\n"                                 \
    "strb r5, [r0, #%c[row] + (2 + " #column ") * %c[channels] + 1]\n"

#define EK_WINOGRAD_OUTPUTS(column)                                                                \
    EK_WINOGRAD_COLUMN(column)                                                                     \
    EK_WINOGRAD_FORM(0, r2, r4, r6, r8)                                                            \
    EK_WINOGRAD_FORM(1, r3, r5, r7, r9)                                                            \
    EK_WINOGRAD_STORE(column)

/* All channels of a block; 14 registers are in use, so pointers and ends are on the stack. */
EK_KERNEL void ek_conv_2d_dsp_winograd_block(const ek_conv_2d_dsp_winograd_params_t *p,
                                             const int32_t *taps, int8_t *output)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + p->output_c;
    register const int32_t *r4 __asm__("r4") = taps + ek_conv_2d_dsp_winograd_words(p);
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r7}\n"
        "1:\n"
        "ldr r2, [sp, #12]\n"
        "push {r2}\n"
        "2:\n"
        EK_WINOGRAD_ROW
        "pop {r6}\n"
        "push {r2-r5, r10, r11, r12, lr}\n"
        "push {r6}\n"
        "cmp r0, r6\n"
        "bne.w 2b\n"
        "add sp, sp, #4\n"
        EK_WINOGRAD_OUTPUTS(0)
        EK_WINOGRAD_OUTPUTS(1)
        "add sp, sp, #128\n"
        "ldrd r2, r3, [sp, #4]\n"
        "add r2, r2, #2\n"
        "str r2, [sp, #4]\n"
        "ldr r0, [sp]\n"
        ".if %c[exponent] > 0\n add r1, r1, #24\n .else\n add r1, r1, #40\n .endif\n"
        "cmp r2, r3\n"
        "bne.w 1b\n"
        "pop {r0, r2, r3, r4, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4)
        : [steps] "i"(p->input_c / 4), [exponent] "i"(p->exponent), [low] "i"(p->output_min),
          [high] "i"(p->output_max), [channels] "i"(p->output_c),
          [row] "i"(p->output_w * p->output_c)
        : "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

/* The 16 sums of products of one tile and one channel. */
EK_KERNEL void ek_conv_2d_dsp_winograd_sums(const ek_conv_2d_dsp_winograd_params_t *p,
                                            const int32_t *taps, const int32_t *weights,
                                            uint32_t *sums)
{
    for (int32_t position = 0; position < 16; position++) {
        int32_t sum = 0;
        for (int32_t g = 0; g < p->input_c; g += 4) {
            const int32_t at = position * p->input_c + g;
            sum = ek_dsp_dual(taps[at], weights[at], sum);
            sum = ek_dsp_dual(taps[at + 1], weights[at + 1], sum);
        }
        sums[position] = (uint32_t)sum;
    }
}

/* Output (row, column) of a tile, from the sums: modulo 2^32, as everything here. */
static inline uint32_t ek_conv_2d_dsp_winograd_output(const uint32_t *sums, int32_t row,
                                                      int32_t column)
{
    uint32_t rows[4];
    for (int32_t i = 0; i < 4; i++) {
        const uint32_t *m = sums + 4 * i;
        rows[i] = column == 0 ? m[0] + m[1] + m[2] : m[1] - m[2] - m[3];
    }
    return row == 0 ? rows[0] + rows[1] + rows[2] : rows[1] - rows[2] - rows[3];
}

EK_KERNEL void ek_conv_2d_dsp_winograd_block(const ek_conv_2d_dsp_winograd_params_t *p,
                                             const int32_t *taps, int8_t *output)
{
    const int32_t *stream = p->stream;
    const int32_t words = 1 + ek_dsp_form_words(p->exponent);
    for (int32_t c = 0; c < p->output_c; c += 2) {
        const int32_t *forms = stream + ek_conv_2d_dsp_winograd_words(p);
        for (int32_t i = 0; i < 4; i++) {
            const int32_t tile = i >> 1;
            const int32_t channel = i & 1;
            const int32_t *form = forms + channel * words;
            uint32_t sums[16];
            ek_conv_2d_dsp_winograd_sums(p, taps + tile * 2, stream + channel * 2, sums);
            for (int32_t o = 0; o < 4; o++) {
                const uint32_t sum = ek_conv_2d_dsp_winograd_output(sums, o >> 1, o & 1);
                const int32_t at = (o >> 1) * p->output_w + tile * 2 + (o & 1);
                output[at * p->output_c + c + channel] =
                    ek_dsp_requantize((int32_t)(sum + (uint32_t)form[0]), form + 1, p->exponent,
                                      p->output_min, p->output_max);
            }
        }
        stream = forms + 2 * words;
    }
}

#endif

#endif
