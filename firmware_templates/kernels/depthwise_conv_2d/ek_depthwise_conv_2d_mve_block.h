/* SPDX-License-Identifier: Apache-2.0 */
/* The inner block of int8 depthwise convolution for cores with MVE: 4 positions of a row x the
 * channels of a group, 2 at a time.
 *
 * Columns are in scratch with up to 16 channels each, 4 bytes a channel: the rows of the window. So
 * 4 words that lie one column apart are a window of up to 4x4 taps of one channel, and make a sum
 * in one instruction. Weights outside of the real window are 0.
 *
 * A window of one row is folded: up to 16 taps become 4 columns of 4 rows, each of which is one
 * tap ahead of the one before.
 *
 * The stream, per pair of channels: 16 weights of each, column by column; their form. */
#ifndef EK_DEPTHWISE_CONV_2D_MVE_BLOCK_H
#define EK_DEPTHWISE_CONV_2D_MVE_BLOCK_H

#include "ek_mve.h"

enum { EK_DEPTHWISE_MVE_GROUP = 16, EK_DEPTHWISE_MVE_ROWS = 4, EK_DEPTHWISE_MVE_POSITIONS = 4 };

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, channels;
    int32_t output_h, output_w;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    bool folded;          /* kernel and dilation are those of the folded window */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t mode;          /* ek_mve.h */
    const int32_t *stream; /* weights and forms */
} ek_depthwise_conv_2d_s8_mve_params_t;

/* Bytes of a column in scratch. */
static inline int32_t ek_depthwise_mve_column(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return EK_DEPTHWISE_MVE_ROWS *
           (p->channels < EK_DEPTHWISE_MVE_GROUP ? p->channels : EK_DEPTHWISE_MVE_GROUP);
}

/* Bytes in scratch from one tap's column to the next one's, and from one position's. */
static inline int32_t ek_depthwise_mve_tap_step(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->dilation_w * ek_depthwise_mve_column(p);
}

static inline int32_t ek_depthwise_mve_step(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->stride_w * ek_depthwise_mve_column(p);
}

/* Words of the stream per channel. */
static inline int32_t ek_depthwise_mve_words(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return EK_MVE_BYTES / 4 + ek_mve_form_words(p->mode);
}

static inline int32_t ek_depthwise_mve_positions(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->output_w < EK_DEPTHWISE_MVE_POSITIONS ? p->output_w : EK_DEPTHWISE_MVE_POSITIONS;
}

#if EK_MVE

/* One window, `at` bytes from the first one's; its sum. */
#define EK_DEPTHWISE_MVE_SUM(x, at, weights, sum)                                                  \
    "vldrw.u32 " #x ", [q5, #" at "]\n vmladav.s8 " #sum ", " #x ", " #weights "\n"

#define EK_DEPTHWISE_MVE_REST(weights, more, b, c, d)                                              \
    EK_DEPTHWISE_MVE_SUM(q3, "%c[step]" more, weights, b)                                          \
    EK_DEPTHWISE_MVE_SUM(q2, "2 * %c[step]" more, weights, c)                                      \
    EK_DEPTHWISE_MVE_SUM(q3, "3 * %c[step]" more, weights, d)

/* `columns`: those of the first position; `offsets` of the results, as halfword lanes. */
EK_KERNEL void ek_depthwise_mve_block(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                      const int8_t *columns, const int32_t *stream,
                                      const int32_t *end, const uint16_t *offsets, int8_t *output)
{
    /* Every pair begins with a step of 8 bytes. */
    const uint32x4_t windows =
        vaddq_n_u32(vidupq_n_u32(0, 1) * (uint32_t)ek_depthwise_mve_tap_step(p),
                    (uint32_t)(uintptr_t)columns - 8U);
    register uint32x4_t q5 __asm__("q5") = windows;
    register int32_t r0 __asm__("r0") = 2 * ek_depthwise_mve_positions(p);
    register const uint16_t *r2 __asm__("r2") = offsets;
    register int32_t r4 __asm__("r4") = p->output_zero_point;
    register const int32_t *r1 __asm__("r1") = end;
    register const int32_t *r9 __asm__("r9") = stream;
    register int8_t *r11 __asm__("r11") = output;
    /* clang-format off */
    __asm__ volatile(
        "vldrh.u16 q7, [r2]\n"
        "vdup.16 q6, r4\n"
        "vctp.16 r0\n"
        "1:\n"
        "vldrb.u8 q0, [r9], #16\n"
        "vldrb.u8 q1, [r9], #16\n"
        "vldrw.u32 q2, [q5, #8]!\n"
        "vmladav.s8 r0, q2, q0\n"
        EK_DEPTHWISE_MVE_REST(q0, "", r2, r4, r6)
        EK_DEPTHWISE_MVE_SUM(q2, "4", q1, r8)
        EK_DEPTHWISE_MVE_REST(q1, " + 4", r10, r12, lr)
        EK_MVE_COLLECT
        EK_MVE_SCALE
        EK_MVE_NARROW
        ".if %c[positions] < 4\n vpst\n vstrbt.16 q0, [r11, q7]\n"
        ".else\n vstrb.16 q0, [r11, q7]\n .endif\n"
        "add r11, r11, #2\n"
        "cmp r9, r1\n"
        "bne 1b\n"
        : "+r"(r0), "+r"(r2), "+r"(r4), "+r"(r9), "+r"(r11), "+w"(q5)
        : "r"(r1), [step] "i"(ek_depthwise_mve_step(p)),
          [positions] "i"(ek_depthwise_mve_positions(p)), [mode] "i"(p->mode),
          [zero_point] "i"(p->output_zero_point), [low] "i"(p->output_min),
          [high] "i"(p->output_max)
        : "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q6", "q7", "cc",
          "memory");
    /* clang-format on */
}

#else

EK_KERNEL void ek_depthwise_mve_block(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                      const int8_t *columns, const int32_t *stream,
                                      const int32_t *end, const uint16_t *offsets, int8_t *output)
{
    for (; stream != end; stream += 2 * ek_depthwise_mve_words(p)) {
        for (int32_t i = 0; i < 2 * ek_depthwise_mve_positions(p); i++) {
            const int8_t *weights = (const int8_t *)stream + i % 2 * EK_MVE_BYTES;
            const int8_t *window =
                columns + i / 2 * ek_depthwise_mve_step(p) + i % 2 * EK_DEPTHWISE_MVE_ROWS;
            int32_t sum = 0;
            for (int32_t kx = 0; kx < p->kernel_w; kx++) {
                sum += ek_mve_dot(window + kx * ek_depthwise_mve_tap_step(p),
                                  weights + kx * EK_DEPTHWISE_MVE_ROWS, p->kernel_h);
            }
            output[offsets[i]] =
                ek_mve_requantize(sum, stream + 8, 2, i % 2, p->mode, p->output_zero_point,
                                  p->output_min, p->output_max);
        }
        columns += 2 * EK_DEPTHWISE_MVE_ROWS;
        output += 2;
    }
}

#endif

#endif
