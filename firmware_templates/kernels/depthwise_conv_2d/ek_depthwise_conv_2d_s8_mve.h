/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution for cores with MVE, windows of up to 4x4 taps, columns at most 2
 * apart.
 *
 * A window of one row may have up to 16 taps that are not dilated.
 *
 * Up to 16 channels at a time: the rows of one or two rows of windows are interleaved into scratch,
 * then blocks of 4 positions run over it (ek_depthwise_conv_2d_mve_block.h). The last block begins
 * as far before the end of the row as it is long. A group of channels is done before the next one
 * begins, so that the output may lie where the input does: rows that are needed again after they
 * were overwritten are kept in scratch. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_MVE_H
#define EK_DEPTHWISE_CONV_2D_S8_MVE_H

#include "ek_depthwise_conv_2d_mve_block.h"

/* Rows of windows, at their first column inside of the input; a step is from column to column. */
typedef struct {
    const int8_t *at[EK_DEPTHWISE_MVE_ROWS];
    int32_t steps[EK_DEPTHWISE_MVE_ROWS];
    int8_t *save; /* where rows are kept for the next row of windows */
} ek_depthwise_mve_rows_t;

/* Columns of the input and the padding that the windows of a row cover. */
EK_KERNEL int32_t ek_depthwise_mve_columns(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return (p->output_w - 1) * p->stride_w + (p->kernel_w - 1) * p->dilation_w + 1;
}

/* Rows of the input under the windows that are computed together. */
EK_KERNEL int32_t ek_depthwise_mve_used(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->kernel_h + p->lines - 1;
}

/* Whether columns follow each other without a gap: a row is one run of bytes. */
EK_KERNEL bool ek_depthwise_mve_is_run(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return p->channels < EK_DEPTHWISE_MVE_GROUP && p->input_column == p->channels;
}

/* Bytes of a column in a row that is kept, and of the whole row. */
EK_KERNEL int32_t ek_depthwise_mve_kept(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return ek_depthwise_mve_is_run(p) ? p->channels : EK_MVE_BYTES;
}

EK_KERNEL int32_t ek_depthwise_mve_kept_row(const ek_depthwise_conv_2d_s8_mve_params_t *p)
{
    return (p->input_w * ek_depthwise_mve_kept(p) + EK_MVE_BYTES - 1) & -EK_MVE_BYTES;
}

#if EK_MVE

/* A vector of every row, interleaved, to the next column; rows of no weight get anything. */
EK_KERNEL int8_t *ek_depthwise_mve_vector(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                          ek_depthwise_mve_rows_t *rows, bool whole,
                                          mve_pred16_t some, int8_t *to)
{
    int8x16x4_t column;
#pragma GCC unroll 4
    for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
        if (ky >= ek_depthwise_mve_used(p)) {
            column.val[ky] = column.val[0];
            continue;
        }
        column.val[ky] = whole ? vldrbq_s8(rows->at[ky]) : vldrbq_z_s8(rows->at[ky], some);
        rows->at[ky] += rows->steps[ky];
    }
    vst4q_s8(to, column);
#pragma GCC unroll 4
    for (int32_t k = 0; k < p->saved; k++) {
        vstrbq_s8(rows->save + k * ek_depthwise_mve_kept_row(p),
                  column.val[(k + p->lines * p->stride_h) % EK_DEPTHWISE_MVE_ROWS]);
    }
    rows->save += EK_MVE_BYTES;
    return to + ek_depthwise_mve_column(p);
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
    if (ek_depthwise_mve_is_run(p)) {
        const int32_t bytes = count * p->channels;
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
            rows.steps[ky] = rows.steps[ky] == 0 ? 0 : EK_MVE_BYTES;
        }
        for (int32_t i = 0; i < bytes / EK_MVE_BYTES; i++) {
            ek_depthwise_mve_vector(p, &rows, true, 0, to);
            to += EK_MVE_BYTES * EK_DEPTHWISE_MVE_ROWS;
        }
        if (bytes % EK_MVE_BYTES != 0) {
#pragma GCC unroll 4
            for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
                rows.steps[ky] = 0; /* a pointer may not go beyond the end of the input */
            }
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
            for (int32_t ky = 0; ky < ek_depthwise_mve_used(p); ky++) {
                to[c * EK_DEPTHWISE_MVE_ROWS + ky] = rows.at[ky][x * rows.steps[ky] + c];
            }
            for (int32_t k = 0; k < p->saved; k++) {
                rows.save[k * ek_depthwise_mve_kept_row(p) + x * ek_depthwise_mve_kept(p) + c] =
                    to[c * EK_DEPTHWISE_MVE_ROWS + k + p->lines * p->stride_h];
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

/* The columns of rows of windows whose first row of taps is y; `outside` is zero points, `kept`
 * what the rows before have left. */
EK_KERNEL void ek_depthwise_mve_gather(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                       const int8_t *input, int32_t y, int32_t channels,
                                       const int8_t *outside, int8_t *kept, int8_t *to)
{
    const int32_t all = ek_depthwise_mve_columns(p);
    const int32_t before = ek_clamp(p->pad_w, 0, all);
    const int32_t inside = ek_clamp(all - before, 0, p->input_w);
    ek_depthwise_mve_rows_t rows;
    bool whole = true;
    rows.save = kept;
#pragma GCC unroll 4
    for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
        const int32_t row = y + ky * p->dilation_h;
        const bool within = row >= 0 && row < p->input_h;
        const bool again = ky < p->saved;
        rows.at[ky] = !within ? outside
                      : again ? kept + ky * ek_depthwise_mve_kept_row(p)
                              : input + row * p->input_row;
        rows.steps[ky] = !within ? 0 : again ? ek_depthwise_mve_kept(p) : p->input_column;
        whole = whole && (within || ky >= ek_depthwise_mve_used(p));
    }
    to = ek_depthwise_mve_border(p, before, to);
    if (whole) {
        /* Steps are a literal here. */
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
            rows.steps[ky] = ky < p->saved ? ek_depthwise_mve_kept(p) : p->input_column;
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
                                              const int8_t *outside, int8_t *kept, int8_t *to)
{
    const int32_t end = ek_depthwise_mve_columns(p) - p->pad_w;
    const int32_t last = p->input_w - EK_DEPTHWISE_MVE_ROWS;
    int32_t x = -p->pad_w;
    while (x < end) {
        const bool whole = x >= 0 && x <= last;
        const int32_t count = whole ? (end < last + 1 ? end : last + 1) - x : 1;
        ek_depthwise_mve_rows_t rows;
        rows.save = kept;
#pragma GCC unroll 4
        for (int32_t ky = 0; ky < EK_DEPTHWISE_MVE_ROWS; ky++) {
            const bool within = x + ky >= 0 && x + ky < p->input_w;
            rows.at[ky] = within ? input + (x + ky) * p->input_column : outside;
            rows.steps[ky] = p->input_column;
        }
        to = ek_depthwise_mve_interleave(p, rows, count, channels, to);
        x += count;
    }
}

/* `lines` rows of outputs of a group of channels, whose first one is at `output`. */
EK_KERNEL void ek_depthwise_mve_row(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                    const int8_t *columns, const int32_t *stream,
                                    const int32_t *end, const uint16_t *offsets, int8_t *output,
                                    int32_t lines)
{
    const int32_t last = p->output_w - ek_depthwise_mve_positions(p);
    for (int32_t x = 0;; x += EK_DEPTHWISE_MVE_POSITIONS) {
        const int32_t from = x < last ? x : last;
        const int8_t *const first = columns + from * ek_depthwise_mve_step(p);
        int8_t *const to = output + from * p->output_column;
        if (p->pairs) {
            ek_depthwise_mve_block(p, first, stream, end, offsets, to);
        } else {
            ek_depthwise_mve_lines(p, first, stream, end, offsets, to, lines);
        }
        if (from == last) {
            return;
        }
    }
}

/* Parts of the scratch, in this order. */
typedef struct {
    uint16_t *offsets; /* of a block's results */
    int8_t *outside;   /* zero points */
    int8_t *kept;      /* rows */
    int8_t *columns;
} ek_depthwise_mve_scratch_t;

/* A group of `n` channels of an image; `input` and `output` are those of its first channel. */
EK_KERNEL void ek_depthwise_mve_image(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                      const int8_t *input, const int32_t *stream, int32_t n,
                                      const ek_depthwise_mve_scratch_t *at, int8_t *output)
{
    const int32_t *const end = stream + n * ek_depthwise_mve_words(p);
    for (int32_t oy = 0; oy < p->output_h; oy += p->lines) {
        const int32_t left = p->output_h - oy;
        if (p->folded) {
            ek_depthwise_mve_gather_folded(p, input + oy * p->stride_h * p->input_row, n,
                                           at->outside, at->kept, at->columns);
        } else {
            ek_depthwise_mve_gather(p, input, oy * p->stride_h - p->pad_h, n, at->outside, at->kept,
                                    at->columns);
        }
        ek_depthwise_mve_row(p, at->columns, stream, end, at->offsets, output + oy * p->output_row,
                             left < p->lines ? left : p->lines);
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s8_mve(const ek_depthwise_conv_2d_s8_mve_params_t *p,
                                           const int8_t *input, int8_t *output, void *scratch)
{
    enum { RESULTS = 2 * EK_DEPTHWISE_MVE_POSITIONS };
    ek_depthwise_mve_scratch_t at;
    at.offsets = (uint16_t *)scratch;
    at.outside = (int8_t *)(at.offsets + RESULTS);
    at.kept = at.outside + EK_DEPTHWISE_MVE_GROUP;
    at.columns = at.kept + p->saved * ek_depthwise_mve_kept_row(p);
    for (int32_t i = 0; i < RESULTS; i++) {
        at.offsets[i] =
            (uint16_t)(i / 2 * p->output_column + i % 2 * (p->pairs ? 1 : p->output_row));
    }
    ek_mve_fill(at.outside, (int8_t)p->input_zero_point, EK_DEPTHWISE_MVE_GROUP);
    const int32_t *stream = p->stream;
    for (int32_t c = 0; c < p->channels; c += EK_DEPTHWISE_MVE_GROUP) {
        const int32_t left = p->channels - c;
        const int32_t n = left < EK_DEPTHWISE_MVE_GROUP ? left : EK_DEPTHWISE_MVE_GROUP;
        for (int32_t b = 0; b < p->batches; b++) {
            ek_depthwise_mve_image(p, input + (b * p->input_h * p->input_w * p->channels + c),
                                   stream, n, &at,
                                   output + (b * p->output_h * p->output_w * p->channels + c));
        }
        stream += n * ek_depthwise_mve_words(p);
    }
}

#endif
