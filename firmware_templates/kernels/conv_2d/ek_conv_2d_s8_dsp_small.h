/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with the DSP extension, made for little flash: one body of code for
 * all layers of a model, parameters in as few bytes as they need, and eight bytes of constants per
 * channel.
 *
 * Weights, two channels in a halfword, and taps are those of ek_conv_2d_dsp_w8.h, in groups of
 * four, an even number of them. The stream, per pair of channels c and d:
 *     per four taps [(k0 k2) (k1 k3)] of c + 256 d, then per channel (bias << 8) + exponent and
 *     multiplier
 *
 *     sum = (taps * weights + bias) << 8
 *     addend = ((2 * output_zero_point + 1) << (exponent - 1)) + (sum < 0 ? -64 : 64)
 *     y = SSAT8((high(sum, multiplier) + addend) >> exponent)
 *
 * That is proven equal to the reference when the code is generated:
 * edgekit/kernels/_certify_sums.py
 */
#ifndef EK_CONV_2D_S8_DSP_SMALL_H
#define EK_CONV_2D_S8_DSP_SMALL_H

#include "ek_conv_2d_dsp_w8.h"

typedef struct {
    uint16_t batches;
    uint16_t input_h, input_w, input_c;
    uint16_t output_h, output_w, output_c;
    uint16_t groups; /* of four taps, an even number; the last ones filled up with weights of 0 */
    uint8_t kernel_h, kernel_w;
    uint8_t stride_h, stride_w;
    uint8_t dilation_h;
    uint8_t pad_h, pad_w; /* before the first row and column */
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t output_min, output_max;
    const int32_t *stream;
} ek_conv_2d_s8_dsp_small_params_t;

enum { EK_SMALL_POSITIONS = 3 };

/* Bytes from one position's results to the next one's: channels go in pairs. */
static inline int32_t ek_conv_2d_small_stride(const ek_conv_2d_s8_dsp_small_params_t *p)
{
    return (p->output_c + 1) & ~1;
}

#if EK_DSP

/* r2 = addend of positive sums, r6 = exponent; r0 is changed. */
#define EK_SMALL_RESULT(x, multiplier)                                                             \
    "asr r0, " #x ", #31\n add r0, r2, r0, lsl #7\n"                                               \
    "smmla " #x ", " #x ", " #multiplier ", r0\n"                                                  \
    "asr " #x ", " #x ", r6\n ssat " #x ", #8, " #x "\n"

/* Three sums, times 256, without the bias; r2 = form, r7 = 2 * zero point + 1. */
#define EK_SMALL_RESULTS(x, y, z, multiplier)                                                      \
    "and r6, r2, #255\n sub r2, r2, r6\n"                                                          \
    "add " #x ", " #x ", r2\n add " #y ", " #y ", r2\n add " #z ", " #z ", r2\n"                   \
    "subs r2, r6, #1\n lsl r2, r7, r2\n adds r2, r2, #64\n" EK_SMALL_RESULT(x, multiplier)         \
        EK_SMALL_RESULT(y, multiplier) EK_SMALL_RESULT(z, multiplier)

/* All channels of three positions. On the stack: the taps, output + 4, its end + 8, the taps'
 * end + 12, stride + 16, 2 * zero point + 1 + 20. */
static inline void ek_conv_2d_small_block(const ek_conv_2d_s8_dsp_small_params_t *p,
                                          const int32_t *taps, int8_t *output)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + ek_conv_2d_small_stride(p);
    register const int32_t *r4 __asm__("r4") = taps + p->groups * 6;
    register int32_t r5 __asm__("r5") = ek_conv_2d_small_stride(p);
    register int32_t r6 __asm__("r6") = 2 * p->output_zero_point + 1;
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r5, r6, r7}\n"
        "1:\n"
        "mov r8, #0\n mov r9, r8\n mov r10, r8\n mov r11, r8\n mov r12, r8\n mov lr, r8\n"
        "ldr r7, [sp, #12]\n"
        "2:\n"
        "ldm r1!, {r5-r6}\n" EK_W8_PAIR(r5) EK_W8_PAIR(r6)
        "ldm r1!, {r5-r6}\n" EK_W8_PAIR(r5) EK_W8_PAIR(r6)
        "cmp r0, r7\n"
        "bne 2b\n"
        "ldr r7, [sp, #20]\n"
        "ldm r1!, {r2-r5}\n"
        "sub r8, r8, r11\n sub r9, r9, r12\n sub r10, r10, lr\n"
        "lsl r11, r11, #8\n lsl r12, r12, #8\n lsl lr, lr, #8\n"
        EK_SMALL_RESULTS(r11, r12, lr, r3)
        "mov r2, r4\n"
        EK_SMALL_RESULTS(r8, r9, r10, r5)
        "ldrd r2, r3, [sp, #4]\n"
        "ldr r4, [sp, #16]\n"
        "adds r5, r2, #1\n"
        "strb r11, [r2]\n strb r12, [r2, r4]\n strb lr, [r2, r4, lsl #1]\n"
        "strb r8, [r5]\n strb r9, [r5, r4]\n strb r10, [r5, r4, lsl #1]\n"
        "adds r2, r2, #2\n"
        "str r2, [sp, #4]\n"
        "ldr r0, [sp]\n"
        "cmp r2, r3\n"
        "bne.w 1b\n"
        "pop {r0, r2, r3, r4, r5, r6, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
        :
        : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

/* Both channels' sums, times 256, at one position. */
static inline void ek_conv_2d_small_sums(const int32_t *weights, const int32_t *taps, int32_t words,
                                         uint32_t sums[2])
{
    int32_t both = 0;
    int32_t one = 0;
    for (int32_t i = 0; i < words; i++) {
        both = ek_dsp_dual(weights[i], taps[i * EK_SMALL_POSITIONS], both);
        one = ek_dsp_dual(ek_dsp_low_bytes(weights[i]), taps[i * EK_SMALL_POSITIONS], one);
    }
    sums[0] = (uint32_t)one << 8;
    sums[1] = (uint32_t)both - (uint32_t)one;
}

static inline int8_t ek_conv_2d_small_result(uint32_t sum, const int32_t *form, int32_t zero_point)
{
    const int32_t exponent = form[0] & 255;
    const int32_t whole = (int32_t)(sum + (uint32_t)(form[0] - exponent));
    const int32_t high = (int32_t)(((int64_t)whole * form[1]) >> 32);
    const int32_t addend = (2 * zero_point + 1) * (1 << (exponent - 1)) + (whole < 0 ? -64 : 64);
    return (int8_t)ek_clamp((high + addend) >> exponent, INT8_MIN, INT8_MAX);
}

static inline void ek_conv_2d_small_block(const ek_conv_2d_s8_dsp_small_params_t *p,
                                          const int32_t *taps, int8_t *output)
{
    const int32_t stride = ek_conv_2d_small_stride(p);
    const int32_t words = p->groups * 2;
    const int32_t *weights = p->stream;
    for (int32_t c = 0; c < stride; c += 2) {
        for (int32_t k = 0; k < EK_SMALL_POSITIONS; k++) {
            uint32_t sums[2];
            ek_conv_2d_small_sums(weights, taps + k, words, sums);
            for (int32_t i = 0; i < 2; i++) {
                output[k * stride + c + i] =
                    ek_conv_2d_small_result(sums[i], weights + words + 2 * i, p->output_zero_point);
            }
        }
        weights += words + 4;
    }
}

#endif

/* A window's row of bytes: in the input, or copied to `staged` where some of it is outside. */
static inline const int8_t *ek_conv_2d_small_row(const ek_conv_2d_s8_dsp_small_params_t *p,
                                                 const int8_t *image, int32_t y, int32_t x,
                                                 int8_t *staged)
{
    const int32_t row_bytes = p->kernel_w * p->input_c;
    const int8_t *const row = image + (y * p->input_w + x) * p->input_c;
    const bool inside = y >= 0 && y < p->input_h;
    if (inside && x >= 0 && x + p->kernel_w <= p->input_w) {
        return row;
    }
    memset(staged, p->input_zero_point, (size_t)row_bytes);
    const int32_t first = x < 0 ? -x : 0;
    const int32_t end = p->input_w - x < p->kernel_w ? p->input_w - x : p->kernel_w;
    if (inside && first < end) {
        memcpy(staged + first * p->input_c, row + first * p->input_c,
               (size_t)((end - first) * p->input_c));
    }
    return staged;
}

/* The taps of the window whose first element is at (y, x); `taps` is its first word. */
static inline void ek_conv_2d_small_window(const ek_conv_2d_s8_dsp_small_params_t *p,
                                           const int8_t *image, int32_t y, int32_t x, int32_t *taps,
                                           int8_t *staged)
{
    const int32_t row_bytes = p->kernel_w * p->input_c;
    int32_t slot = p->kernel_h * (row_bytes & ~3);
    int32_t *to = taps;
    for (int32_t ky = 0; ky < p->kernel_h; ky++, y += p->dilation_h) {
        const int8_t *const row = ek_conv_2d_small_row(p, image, y, x, staged);
        int32_t i = 0;
        for (; i + 4 <= row_bytes; i += 4, to += 6) {
            ek_dsp_widen(row + i, to, to + EK_SMALL_POSITIONS);
        }
        /* What is left over goes behind the groups of all rows. */
        for (; i < row_bytes; i++, slot++) {
            const int16_t value = row[i];
            int8_t *const word = (int8_t *)(taps + (slot >> 2) * 6 + (slot & 1) * 3);
            __builtin_memcpy(word + (slot & 2), &value, sizeof value);
        }
    }
}

/* `count` positions' results to their places. */
static inline int8_t *ek_conv_2d_small_store(const ek_conv_2d_s8_dsp_small_params_t *p,
                                             const int8_t *results, int32_t count, int8_t *output)
{
    for (; count > 0; count--) {
        memcpy(output, results, (size_t)p->output_c);
        for (int32_t c = 0; p->output_max - p->output_min < 255 && c < p->output_c; c++) {
            output[c] = (int8_t)ek_clamp(output[c], p->output_min, p->output_max);
        }
        output += p->output_c;
        results += ek_conv_2d_small_stride(p);
    }
    return output;
}

/* The scratch: taps, a staged row, a block's results. All of a block is read before any of it is
 * written, and positions go forward. */
static __attribute__((noinline)) void
ek_conv_2d_small_run(const ek_conv_2d_s8_dsp_small_params_t *p, const int8_t *input, int8_t *output,
                     void *scratch)
{
    int32_t *const taps = (int32_t *)scratch;
    int8_t *const staged = (int8_t *)(taps + p->groups * 6);
    int8_t *const results = staged + ((p->kernel_w * p->input_c + 3) & ~3);
    int32_t left = p->batches * p->output_h * p->output_w;
    int32_t filled = 0;
    for (int32_t row = 0; row < p->batches * p->output_h; row++) {
        const int8_t *const image =
            input + row / p->output_h * (p->input_h * p->input_w * p->input_c);
        const int32_t y = row % p->output_h * p->stride_h - p->pad_h;
        for (int32_t column = 0; column < p->output_w; column++) {
            ek_conv_2d_small_window(p, image, y, column * p->stride_w - p->pad_w, taps + filled,
                                    staged);
            left--;
            if (++filled == EK_SMALL_POSITIONS || left == 0) {
                ek_conv_2d_small_block(p, taps, results);
                output = ek_conv_2d_small_store(p, results, filled, output);
                filled = 0;
            }
        }
    }
}

EK_KERNEL void ek_conv_2d_s8_dsp_small(const ek_conv_2d_s8_dsp_small_params_t *p,
                                       const int8_t *input, int8_t *output, void *scratch)
{
    /* The compiler must not make a copy of the body for these parameters. */
    __asm__("" : "+r"(p));
    ek_conv_2d_small_run(p, input, output, scratch);
}

#endif
