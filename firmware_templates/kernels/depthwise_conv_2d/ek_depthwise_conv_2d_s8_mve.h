/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution for cores with MVE, windows of up to 4x4 taps, columns at most 2
 * apart, an even number of channels.
 *
 * A window of one row may have up to 16 taps that are not dilated.
 *
 * Up to 16 channels at a time: the rows of a row of windows are interleaved into scratch, then
 * blocks of 4 positions run over it (ek_depthwise_conv_2d_mve_block.h). The last block begins as
 * far before the end of the row as it is long. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_MVE_H
#define EK_DEPTHWISE_CONV_2D_S8_MVE_H

#include "ek_depthwise_conv_2d_mve_block.h"

/* Rows of windows, at their first column inside of the input; a step is from column to column. */
typedef struct {
    const int8_t *at[EK_DEPTHWISE_MVE_ROWS];
    int32_t steps[EK_DEPTHWISE_MVE_ROWS];
} ek_depthwise_mve_rows_t;

/* Columns of the input and the padding that the windows of a row cover. */
static inline int32_t ek_depthwise_mve_columns(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return (p->output_w - 1) * p->stride_w + (p->kernel_w - 1) * p->dilation_w + 1;
}

#if EK_MVE

/* A vector of every row, interleaved; rows of no weight get anything. */
EK_KERNEL int8_t *ek_depthwise_mve_vector(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                          ek_depthwise_mve_rows_t *rows, bool whole,
                                          mve_pred16_t some, int8_t *to)
{
    int8x16x4_t column;
#pragma GCC unroll 4
    for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
        if (ky >= p->kernel_h) {
            column.val[ky] = column.val[0];
            continue;
        }
        column.val[ky] = whole ? vldrbq_s8(rows->at[ky]) : vldrbq_z_s8(rows->at[ky], some);
        rows->at[ky] += rows->steps[ky];
    }
    vst4q_s8(to, column);
    return to + EK_MVE_BYTES * EK_DEPTHWISE_MVE_ROWS;
}

#endif

/* `count` columns of all rows, interleaved. Fewer channels than a vector holds are one run of
 * bytes from column to column; behind them up to a vector of every row is overwritten. */
EK_KERNEL int8_t *ek_depthwise_mve_interleave(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                              ek_depthwise_mve_rows_t rows, int32_t count,
                                              int32_t channels, int8_t *to)
{
    int8_t *const end = to + count * ek_depthwise_mve_column(p);
#if EK_MVE
    if (p->channels < EK_DEPTHWISE_MVE_GROUP) {
        const int32_t bytes = count * p->channels;
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
            rows.steps[ky] = rows.steps[ky] == 0 ? 0 : EK_MVE_BYTES;
        }
        for (int32_t i = 0; i < bytes / EK_MVE_BYTES; i++) {
            to = ek_depthwise_mve_vector(p, &rows, true, 0, to);
        }
        if (bytes % EK_MVE_BYTES != 0) {
            ek_depthwise_mve_vector(p, &rows, false, vctp8q((uint32_t)(bytes % EK_MVE_BYTES)), to);
        }
        return end;
    }
    const mve_pred16_t some = vctp8q((uint32_t)channels);
    for (int32_t x = 0; x < count; x++) {
        to = ek_depthwise_mve_vector(p, &rows, p->channels % EK_DEPTHWISE_MVE_GROUP == 0, some, to);
    }
#else
    for (int32_t x = 0; x < count; x++) {
        for (int32_t c = 0; c < channels; c++) {
            for (int32_t ky = 0; ky < p->kernel_h; ky++) {
                to[c * EK_DEPTHWISE_MVE_ROWS + ky] = rows.at[ky][x * rows.steps[ky] + c];
            }
        }
        to += ek_depthwise_mve_column(p);
    }
#endif
    return end;
}

/* `count` columns outside of the input. */
EK_KERNEL int8_t *ek_depthwise_mve_border(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                          int32_t count, int8_t *to)
{
    ek_mve_fill(to, (int8_t)p->input_zero_point, count * ek_depthwise_mve_column(p));
    return to + count * ek_depthwise_mve_column(p);
}

/* The columns of a row of windows whose first row of taps is y; `outside` is zero points. */
EK_KERNEL void ek_depthwise_mve_gather(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                       const int8_t *input, int32_t y, int32_t channels,
                                       const int8_t *outside, int8_t *to)
{
    const int32_t all = ek_depthwise_mve_columns(p);
    const int32_t before = ek_clamp(p->pad_w, 0, all);
    const int32_t inside = ek_clamp(all - before, 0, p->input_w);
    ek_depthwise_mve_rows_t rows;
    bool whole = true;
#pragma GCC unroll 4
    for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
        const int32_t row = y + ky * p->dilation_h;
        const bool within = row >= 0 && row < p->input_h;
        rows.at[ky] = within ? input + row * p->input_w * p->channels : outside;
        rows.steps[ky] = within ? p->channels : 0;
        whole = whole && (within || ky >= p->kernel_h);
    }
    to = ek_depthwise_mve_border(p, before, to);
    if (whole) {
        /* Steps are a literal here. */
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
            rows.steps[ky] = p->channels;
        }
        to = ek_depthwise_mve_interleave(p, rows, inside, channels, to);
    } else {
        to = ek_depthwise_mve_interleave(p, rows, inside, channels, to);
    }
    ek_depthwise_mve_border(p, all - before - inside, to);
}

/* The same for folded windows: 4 positions of one row are the rows of a column. */
EK_KERNEL void ek_depthwise_mve_gather_folded(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                              const int8_t *input, int32_t channels,
                                              const int8_t *outside, int8_t *to)
{
    const int32_t end = ek_depthwise_mve_columns(p) - p->pad_w;
    const int32_t last = p->input_w - EK_DEPTHWISE_MVE_ROWS;
    int32_t x = -p->pad_w;
    while (x < end) {
        const bool whole = x >= 0 && x <= last;
        const int32_t count = whole ? (end < last + 1 ? end : last + 1) - x : 1;
        ek_depthwise_mve_rows_t rows;
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
            const bool within = x + ky >= 0 && x + ky < p->input_w;
            rows.at[ky] = within ? input + (x + ky) * p->channels : outside;
            rows.steps[ky] = p->channels;
        }
        to = ek_depthwise_mve_interleave(p, rows, count, channels, to);
        x += count;
    }
}

/* One row of outputs of a group of channels, whose first one is at `output`. */
EK_KERNEL void ek_depthwise_mve_row(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                    const int8_t *columns, const int32_t *stream,
                                    const int32_t *end, const uint16_t *offsets, int8_t *output)
{
    const int32_t last = p->output_w - ek_depthwise_mve_positions(p);
    for (int32_t x = 0;; x += EK_DEPTHWISE_MVE_POSITIONS) {
        const int32_t from = x < last ? x : last;
        ek_depthwise_mve_block(p, columns + from * ek_depthwise_mve_step(p), stream, end, offsets,
                               output + from * p->channels);
        if (from == last) {
            return;
        }
    }
}

/* scratch: offsets of a block's results, zero points, columns. */
EK_KERNEL void ek_depthwise_conv_2d_s8_mve(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                           const int8_t *input, int8_t *output, void *scratch)
{
    enum { RESULTS = 2 * EK_DEPTHWISE_MVE_POSITIONS };
    uint16_t *const offsets = (uint16_t *)scratch;
    int8_t *const outside = (int8_t *)(offsets + RESULTS);
    int8_t *const columns = outside + EK_DEPTHWISE_MVE_GROUP;
    for (int32_t i = 0; i < RESULTS; i++) {
        offsets[i] = (uint16_t)(i / 2 * p->channels + i % 2);
    }
    const int32_t row = p->input_w * p->channels;
    ek_mve_fill(outside, (int8_t)p->input_zero_point, EK_DEPTHWISE_MVE_GROUP);
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const int32_t *stream = p->stream;
            for (int32_t c = 0; c < p->channels; c += EK_DEPTHWISE_MVE_GROUP) {
                const int32_t left = p->channels - c;
                const int32_t n = left < EK_DEPTHWISE_MVE_GROUP ? left : EK_DEPTHWISE_MVE_GROUP;
                const int32_t *const end = stream + n * ek_depthwise_mve_words(p);
                if (p->folded) {
                    ek_depthwise_mve_gather_folded(p, input + (c + oy * p->stride_h * row), n,
                                                   outside, columns);
                } else {
                    ek_depthwise_mve_gather(p, input + c, oy * p->stride_h - p->pad_h, n, outside,
                                            columns);
                }
                ek_depthwise_mve_row(p, columns, stream, end, offsets, output + c);
                stream = end;
            }
            output += p->output_w * p->channels;
        }
        input += p->input_h * row;
    }
}

#endif
