/* SPDX-License-Identifier: Apache-2.0 */
/* The inner blocks of int8 depthwise convolution for cores with MVE: 4 positions of a row x the
 * channels of a group; either 2 channels at a time, or one channel of 2 rows of windows.
 *
 * Columns are in scratch with up to 16 channels each, 4 bytes a channel: the rows of the window. So
 * 4 words that lie one column apart are a window of up to 4x4 taps of one channel, and make a sum
 * in one instruction. Weights outside of the real window are 0. A window of up to 3 rows is there
 * for two rows of outputs: against the weights, and against the weights moved on by a row.
 *
 * Rows may be the columns of the image, and columns its rows: the pitches tell.
 *
 * A window of one row is folded: up to 16 taps become 4 columns of 4 rows, each of which is one
 * tap ahead of the one before.
 *
 * The stream, per channel or pair of channels: 16 weights of each, column by column; their form. */
#ifndef EK_DEPTHWISE_CONV_2D_MVE_BLOCK_H
#define EK_DEPTHWISE_CONV_2D_MVE_BLOCK_H

#include "ek_mve.h"

enum { EK_DEPTHWISE_MVE_GROUP = 16, EK_DEPTHWISE_MVE_ROWS = 4, EK_DEPTHWISE_MVE_POSITIONS = 4 };

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, channels;
    int32_t output_h, output_w;
    int32_t input_row, input_column; /* pitches, bytes */
    int32_t output_row, output_column;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    bool folded;          /* kernel and dilation are those of the folded window */
    bool pairs;           /* blocks of 2 channels of a row; else of 1 channel of 2 rows */
    int32_t lines;        /* rows of outputs that are computed together, 1 or 2 */
    int32_t saved;        /* rows of the input that the next ones find in scratch */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t mode;          /* ek_mve.h */
    const int32_t *stream; /* weights and forms */
} ek_depthwise_conv_2d_s8_mve_params_t;

/* Bytes of a column in scratch. */
EK_KERNEL int32_t ek_depthwise_mve_column(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return EK_DEPTHWISE_MVE_ROWS *
           (p->channels < EK_DEPTHWISE_MVE_GROUP ? p->channels : EK_DEPTHWISE_MVE_GROUP);
}

/* Bytes in scratch from one tap's column to the next one's, and from one position's. */
EK_KERNEL int32_t ek_depthwise_mve_tap_step(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->dilation_w * ek_depthwise_mve_column(p);
}

EK_KERNEL int32_t ek_depthwise_mve_step(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->stride_w * ek_depthwise_mve_column(p);
}

/* Words of the stream per channel. */
EK_KERNEL int32_t ek_depthwise_mve_words(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return EK_MVE_BYTES / 4 + ek_mve_form_words(p->mode);
}

EK_KERNEL int32_t ek_depthwise_mve_positions(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->output_w < EK_DEPTHWISE_MVE_POSITIONS ? p->output_w : EK_DEPTHWISE_MVE_POSITIONS;
}

/* Lanes of a block of one channel whose results there are, 2 bits each: position by position both
 * rows. */
static inline uint32_t ek_depthwise_mve_mask(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                             int32_t lines)
{
    const uint32_t positions = 0xFFFFU >> (4 * (4 - ek_depthwise_mve_positions(p)));
    return positions & (lines == 2 ? 0xFFFFU : 0x3333U);
}

EK_KERNEL bool ek_depthwise_mve_masked(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->lines == 1 || p->output_h % 2 == 1 ||
           ek_depthwise_mve_positions(p) < EK_DEPTHWISE_MVE_POSITIONS;
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

/* A position's two windows, `at` bytes from the first one's: one below the other. */
#define EK_DEPTHWISE_MVE_BOTH(x, at, one, other)                                                   \
    "vldrw.u32 " #x ", [q5, #" at "]\n"                                                            \
    "vmladav.s8 " #one ", " #x ", q0\n vmladav.s8 " #other ", " #x ", q1\n"

/* Sums as EK_MVE_COLLECT finds them, of one channel: to q0 and q1, scaled. */
#define EK_DEPTHWISE_MVE_SCALE                                                                     \
    "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"                                      \
    "vmov q1[2], q1[0], r8, r12\n vmov q1[3], q1[1], r10, lr\n"                                    \
    ".if %c[mode] == 2\n ldm r9!, {r0, r2, r4, r6, r8}\n"                                          \
    ".else\n ldm r9!, {r0, r2, r4}\n .endif\n"                                                     \
    "vadd.i32 q0, q0, r0\n vadd.i32 q1, q1, r0\n"                                                  \
    ".if %c[mode] == 2\n vshl.s32 q0, r6\n vshl.s32 q1, r6\n .endif\n"                             \
    "vqrdmulh.s32 q0, q0, r2\n vqrdmulh.s32 q1, q1, r2\n"                                          \
    ".if %c[mode] == 1\n"                                                                          \
    "vshr.s32 q6, q0, #31\n vadd.i32 q0, q0, q6\n vshr.s32 q6, q1, #31\n vadd.i32 q1, q1, q6\n"    \
    ".endif\n"                                                                                     \
    ".if %c[mode] == 2\n"                                                                          \
    "vshr.s32 q6, q0, #31\n vmla.s32 q0, q6, r8\n vshr.s32 q6, q1, #31\n vmla.s32 q1, q6, r8\n"    \
    ".endif\n"                                                                                     \
    "vrshl.s32 q0, r4\n vrshl.s32 q1, r4\n"

/* One channel at a time, two rows; `lines` of them are stored. The weights of the lowest row are 0,
 * so that a shift moves the others on. */
EK_KERNEL void ek_depthwise_mve_lines(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                      const int8_t *columns, const int32_t *stream,
                                      const int32_t *end, const uint16_t *offsets, int8_t *output,
                                      int32_t lines)
{
    /* Every channel begins with a step of 4 bytes. */
    const uint32x4_t windows =
        vaddq_n_u32(vidupq_n_u32(0, 1) * (uint32_t)ek_depthwise_mve_tap_step(p),
                    (uint32_t)(uintptr_t)columns - 4U);
    register uint32x4_t q5 __asm__("q5") = windows;
    register uint32_t r0 __asm__("r0") = ek_depthwise_mve_mask(p, lines);
    register const uint16_t *r2 __asm__("r2") = offsets;
    register int32_t r4 __asm__("r4") = p->output_zero_point;
    register const int32_t *r1 __asm__("r1") = end;
    register const int32_t *r9 __asm__("r9") = stream;
    register int8_t *r11 __asm__("r11") = output;
    /* clang-format off */
    __asm__ volatile(
        "vldrh.u16 q7, [r2]\n"
        "vdup.16 q6, r4\n"
        ".if %c[masked]\n vmsr p0, r0\n .endif\n"
        "1:\n"
        "vldrb.u8 q0, [r9], #16\n"
        "vshl.i32 q1, q0, #8\n"
        "vldrw.u32 q2, [q5, #4]!\n"
        "vmladav.s8 r0, q2, q0\n vmladav.s8 r8, q2, q1\n"
        EK_DEPTHWISE_MVE_BOTH(q3, "%c[step]", r2, r10)
        EK_DEPTHWISE_MVE_BOTH(q2, "2 * %c[step]", r4, r12)
        EK_DEPTHWISE_MVE_BOTH(q3, "3 * %c[step]", r6, lr)
        EK_DEPTHWISE_MVE_SCALE
        EK_MVE_NARROW
        ".if %c[masked]\n vpst\n vstrbt.16 q0, [r11, q7]\n"
        ".else\n vstrb.16 q0, [r11, q7]\n .endif\n"
        "add r11, r11, #1\n"
        "cmp r9, r1\n"
        "bne 1b\n"
        : "+r"(r0), "+r"(r2), "+r"(r4), "+r"(r9), "+r"(r11), "+w"(q5)
        : "r"(r1), [step] "i"(ek_depthwise_mve_step(p)),
          [masked] "i"(ek_depthwise_mve_masked(p)), [mode] "i"(p->mode),
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

EK_KERNEL void ek_depthwise_mve_lines(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                      const int8_t *columns, const int32_t *stream,
                                      const int32_t *end, const uint16_t *offsets, int8_t *output,
                                      int32_t lines)
{
    const uint32_t mask = ek_depthwise_mve_mask(p, lines);
    for (; stream != end; stream += ek_depthwise_mve_words(p)) {
        for (int32_t i = 0; i < 2 * EK_DEPTHWISE_MVE_POSITIONS; i++) {
            if ((mask >> (2 * i) & 1U) == 0U) {
                continue;
            }
            const int8_t *window = columns + i / 2 * ek_depthwise_mve_step(p) + i % 2;
            int32_t sum = 0;
            for (int32_t kx = 0; kx < p->kernel_w; kx++) {
                sum += ek_mve_dot(window + kx * ek_depthwise_mve_tap_step(p),
                                  (const int8_t *)stream + kx * EK_DEPTHWISE_MVE_ROWS, p->kernel_h);
            }
            output[offsets[i]] = ek_mve_requantize(
                sum, stream + 4, 1, 0, p->mode, p->output_zero_point, p->output_min, p->output_max);
        }
        columns += EK_DEPTHWISE_MVE_ROWS;
        output++;
    }
}

#endif

#endif
