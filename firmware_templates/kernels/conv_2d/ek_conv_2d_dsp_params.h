/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of the convolutions for cores with the DSP extension. */
#ifndef EK_CONV_2D_DSP_PARAMS_H
#define EK_CONV_2D_DSP_PARAMS_H

#include "ek_column_pairs.h"
#include "ek_dsp_sum.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point;
    int32_t output_min, output_max;
    int32_t exponent; /* of all channels, or 0 where each has its own */
    int32_t groups;   /* of four taps, the last one filled up with weights of 0 */
    /* How a block runs over the taps: the first step (`first` words of weights, W8 only), then
     * `head` steps, then `loops` times `unroll` steps. With `hold`, ek_conv_2d_dsp_hold.h's block
     * runs `unroll` channels at a time instead. */
    bool hold;
    int32_t first, head, unroll, loops;
    const int32_t *stream; /* biases, weights and forms, as the block reads them */
    /* Of outputs that are written as pairs of columns, ek_column_pairs_t; else 0. */
    int32_t pair_rows, pair_count, pair_top, pair_left, pair_border;
} ek_conv_2d_dsp_params_t;

/* Bytes from one position's results to the next one's, as a block writes them: channels go in
 * pairs. */
EK_KERNEL int32_t ek_conv_2d_dsp_stride(const ek_conv_2d_dsp_params_t *p)
{
    return (p->output_c + 1) & ~1;
}

/* The outputs as pairs of columns. */
static inline ek_column_pairs_t ek_conv_2d_dsp_pairs_of(const ek_conv_2d_dsp_params_t *p)
{
    return (ek_column_pairs_t){p->pair_rows, p->pair_count, p->pair_top, p->pair_left, p->output_w};
}

/* Bytes from a channel's pairs to the next one's. */
static inline int32_t ek_conv_2d_dsp_plane(const ek_conv_2d_dsp_params_t *p)
{
    return p->pair_rows * p->pair_count * (int32_t)sizeof(int32_t);
}

#if EK_DSP
/* A result to r2's place, as a halfword, and r2 to the next channel's. */
#define EK_CONV_2D_DSP_PUT_PAIR(x)                                                                 \
    ".if %c[plane] < 256\n strh " #x ", [r2], #%c[plane]\n .else\n strh " #x                       \
    ", [r2]\n add r2, r2, #%c[plane]\n .endif\n"
#endif

#endif
