/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with MVE, any stride, dilation, padding and number of groups.
 *
 * Four output positions at a time (ek_conv_2d_mve_block.h). The block reads its taps where they
 * lie if the kernel is 1x1 without padding and a vector from there does not leave the input;
 * otherwise they are gathered into scratch, one position behind the other. */
#ifndef EK_CONV_2D_S8_MVE_H
#define EK_CONV_2D_S8_MVE_H

#include "ek_conv_2d_mve_block.h"

/* Where a window begins: row, column, and the offset of that element from the input. */
typedef struct {
    int32_t y, x;
    int32_t offset;
} ek_conv_2d_mve_place_t;

/* Whether the taps of a position are contiguous in the input. */
EK_KERNEL bool ek_conv_2d_mve_in_place(const ek_conv_2d_s8_mve_params_t *p)
{
    return p->depth == p->input_c && p->kernel_h * p->kernel_w == 1 && p->pad_h == 0 &&
           p->pad_w == 0 && (p->output_h - 1) * p->stride_h < p->input_h &&
           (p->output_w - 1) * p->stride_w < p->input_w;
}

/* Whether they are so for every position, and none of them is read beyond its end. */
EK_KERNEL bool ek_conv_2d_mve_direct(const ek_conv_2d_s8_mve_params_t *p)
{
    return ek_conv_2d_mve_in_place(p) && p->input_c >= EK_MVE_BYTES;
}

/* Bytes of the gathered taps of a position. */
EK_KERNEL int32_t ek_conv_2d_mve_pitch(const ek_conv_2d_s8_mve_params_t *p)
{
    const int32_t taps = ek_conv_2d_mve_taps(p);
    return taps < EK_MVE_BYTES ? EK_MVE_BYTES : taps;
}

EK_KERNEL bool ek_conv_2d_mve_inside(const ek_conv_2d_s8_mve_params_t *p,
                                     const ek_conv_2d_mve_place_t *place)
{
    const int32_t reach = (p->kernel_h - 1) * p->dilation_h + 1;
    const int32_t reach_w = (p->kernel_w - 1) * p->dilation_w + 1;
    return place->y >= 0 && place->y + reach <= p->input_h && place->x >= 0 &&
           place->x + reach_w <= p->input_w;
}

/* Whether a window's row is one run of bytes. */
EK_KERNEL bool ek_conv_2d_mve_is_run(const ek_conv_2d_s8_mve_params_t *p)
{
    return p->depth == p->input_c && (p->dilation_w == 1 || p->kernel_w == 1);
}

/* Tap by tap. */
EK_KERNEL void ek_conv_2d_mve_gather_taps(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                          const ek_conv_2d_mve_place_t *place, int8_t *taps)
{
    const bool inside = ek_conv_2d_mve_inside(p, place);
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t y = place->y + ky * p->dilation_h;
            const int32_t x = place->x + kx * p->dilation_w;
            if (inside || (y >= 0 && y < p->input_h && x >= 0 && x < p->input_w)) {
                const int32_t step = (ky * p->dilation_h * p->input_w + kx * p->dilation_w);
                ek_mve_copy(input + (place->offset + step * p->input_c), taps, p->depth);
            } else {
                ek_mve_fill(taps, (int8_t)p->input_zero_point, p->depth);
            }
            taps += p->depth;
        }
    }
}

/* A window that lies inside of the input. What is written too much is overwritten by the next
 * row or position; behind the last position there is a spare vector. */
EK_KERNEL void ek_conv_2d_mve_gather_inside(const ek_conv_2d_s8_mve_params_t *p,
                                            const int8_t *window, int8_t *taps)
{
    const int32_t row = p->kernel_w * p->input_c;
    const int32_t step = p->dilation_h * p->input_w * p->input_c;
    if (row <= 3 * EK_MVE_BYTES) {
#pragma GCC unroll 3
        for (int32_t ky = 0; ky < p->kernel_h; ky++) {
            ek_mve_copy_loosely(window + ky * step, taps + ky * row, row);
        }
        return;
    }
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        ek_mve_copy_loosely(window + ky * step, taps + ky * row, row);
    }
}

/* A window that reaches over the border. */
EK_KERNEL void ek_conv_2d_mve_gather_border(const ek_conv_2d_s8_mve_params_t *p,
                                            const int8_t *input,
                                            const ek_conv_2d_mve_place_t *place, int8_t *taps)
{
    const int32_t over = place->x + p->kernel_w - p->input_w;
    const int32_t first = place->x < 0 ? -place->x : 0;
    const int32_t columns = p->kernel_w - first - (over > 0 ? over : 0);
    ek_mve_fill(taps, (int8_t)p->input_zero_point, ek_conv_2d_mve_taps(p));
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = place->y + ky * p->dilation_h;
        if (y >= 0 && y < p->input_h && columns > 0) {
            const int32_t row = place->offset + ky * p->dilation_h * p->input_w * p->input_c;
            ek_mve_copy(input + (row + first * p->input_c), taps + first * p->input_c,
                        columns * p->input_c);
        }
        taps += p->kernel_w * p->input_c;
    }
}

/* To the next output position, in the order of the output. */
EK_KERNEL void ek_conv_2d_mve_advance(const ek_conv_2d_s8_mve_params_t *p,
                                      ek_conv_2d_mve_place_t *place)
{
    place->x += p->stride_w;
    place->offset += p->stride_w * p->input_c;
    if (place->x == p->output_w * p->stride_w - p->pad_w) {
        place->x = -p->pad_w;
        place->y += p->stride_h;
        place->offset += (p->stride_h * p->input_w - p->output_w * p->stride_w) * p->input_c;
        if (place->y == p->output_h * p->stride_h - p->pad_h) {
            place->y = -p->pad_h;
            place->offset += (p->input_h - p->output_h * p->stride_h) * p->input_w * p->input_c;
        }
    }
}

/* The taps of one position: where they lie, or in scratch. */
EK_KERNEL const int8_t *ek_conv_2d_mve_row(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                           const ek_conv_2d_mve_place_t *place, int8_t *taps)
{
    const int32_t end = p->batches * p->input_h * p->input_w * p->input_c;
    if (ek_conv_2d_mve_in_place(p) &&
        (ek_conv_2d_mve_direct(p) || place->offset + EK_MVE_BYTES <= end)) {
        return input + place->offset;
    }
    if (!ek_conv_2d_mve_is_run(p)) {
        ek_conv_2d_mve_gather_taps(p, input, place, taps);
    } else if (ek_conv_2d_mve_inside(p, place)) {
        ek_conv_2d_mve_gather_inside(p, input + place->offset, taps);
    } else {
        ek_conv_2d_mve_gather_border(p, input, place, taps);
    }
    return taps;
}

/* The taps of the next positions of a block. */
EK_KERNEL void ek_conv_2d_mve_rows(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                   ek_conv_2d_mve_place_t *next, int32_t left, int8_t *taps,
                                   ek_conv_2d_mve_task_t *task)
{
    for (int32_t k = 0; k < EK_CONV_2D_MVE_POSITIONS; k++) {
        if (k < left) {
            task->rows[k] = ek_conv_2d_mve_row(p, input, next, taps + k * ek_conv_2d_mve_pitch(p));
            ek_conv_2d_mve_advance(p, next);
        } else {
            task->rows[k] = task->rows[left - 1];
        }
    }
}

/* Whether positions lie one behind the other in the input as in the output. */
EK_KERNEL bool ek_conv_2d_mve_dense(const ek_conv_2d_s8_mve_params_t *p)
{
    return ek_conv_2d_mve_in_place(p) && p->stride_h == 1 && p->stride_w == 1 &&
           p->output_h == p->input_h && p->output_w == p->input_w;
}

/* The same where positions are dense; `done` of them are behind. */
EK_KERNEL void ek_conv_2d_mve_rows_dense(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                         int32_t done, int32_t left, int8_t *taps,
                                         ek_conv_2d_mve_task_t *task)
{
    const int32_t pitch = ek_conv_2d_mve_pitch(p);
    const int32_t end = p->batches * p->input_h * p->input_w * p->input_c;
    const int32_t last = (done + left - 1) * p->input_c;
    const bool beyond = p->input_c < EK_MVE_BYTES && last + EK_MVE_BYTES > end;
#pragma GCC unroll 4
    for (int32_t k = 0; k < EK_CONV_2D_MVE_POSITIONS; k++) {
        const int32_t own = k < left ? (done + k) * p->input_c : last;
        task->rows[k] = input + own;
        if (beyond) {
            ek_mve_copy(input + own, taps + k * pitch, p->input_c);
            task->rows[k] = taps + k * pitch;
        }
    }
}

/* Whether a block's results do not go straight to their place: it writes two channels at a time. */
EK_KERNEL bool ek_conv_2d_mve_is_odd(const ek_conv_2d_s8_mve_params_t *p)
{
    return p->filters % 2 == 1;
}

/* Bytes from one position's results to the next one's, as a block writes them. */
EK_KERNEL int32_t ek_conv_2d_mve_stride(const ek_conv_2d_s8_mve_params_t *p)
{
    return ek_conv_2d_mve_is_odd(p) ? p->filters + 1 : p->output_c;
}

/* Results of a block whose channels are odd in number. */
EK_KERNEL void ek_conv_2d_mve_spread(const ek_conv_2d_s8_mve_params_t *p, const int8_t *results,
                                     int8_t *output, int32_t positions)
{
    for (int32_t k = 0; k < positions; k++) {
        ek_mve_copy(results + k * ek_conv_2d_mve_stride(p), output + k * p->output_c, p->filters);
    }
}

/* Parts of the scratch, in this order. */
typedef struct {
    uint16_t *offsets; /* of a block's results */
    int8_t *taps;      /* gathered */
    int8_t *results;   /* of a block, if they are odd in number */
} ek_conv_2d_mve_scratch_t;

/* Offsets of the results of `left` positions. Where positions run out, the last one is computed
 * again, to the same place. */
EK_KERNEL void ek_conv_2d_mve_offsets(const ek_conv_2d_s8_mve_params_t *p, int32_t left,
                                      uint16_t *offsets)
{
    for (int32_t i = 0; i < 2 * EK_CONV_2D_MVE_POSITIONS; i++) {
        const int32_t k = i / 2 < left ? i / 2 : left - 1;
        offsets[i] = (uint16_t)(k * ek_conv_2d_mve_stride(p) + i % 2);
    }
}

/* Words of a group in the stream. */
EK_KERNEL int32_t ek_conv_2d_mve_group_words(const ek_conv_2d_s8_mve_params_t *p)
{
    return (p->filters + 1) / 2 * ek_conv_2d_mve_words(p);
}

/* A block of `left` positions behind `done` ones, one group. */
EK_KERNEL void ek_conv_2d_mve_group(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                    const int32_t *stream, ek_conv_2d_mve_place_t *next,
                                    int32_t done, int32_t left, const ek_conv_2d_mve_scratch_t *at,
                                    int8_t *output)
{
    ek_conv_2d_mve_task_t task;
    task.end = stream + ek_conv_2d_mve_group_words(p);
    if (ek_conv_2d_mve_dense(p)) {
        ek_conv_2d_mve_rows_dense(p, input, done, left, at->taps, &task);
    } else {
        ek_conv_2d_mve_rows(p, input, next, left, at->taps, &task);
    }
    task.output = ek_conv_2d_mve_is_odd(p) ? at->results : output;
    ek_conv_2d_mve_block(p, &task, stream, at->offsets);
    if (ek_conv_2d_mve_is_odd(p)) {
        ek_conv_2d_mve_spread(p, at->results, output, left);
    }
}

/* The same, all groups. */
EK_KERNEL void ek_conv_2d_mve_groups(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                     ek_conv_2d_mve_place_t *next, int32_t done, int32_t left,
                                     const ek_conv_2d_mve_scratch_t *at, int8_t *output)
{
    const ek_conv_2d_mve_place_t first = *next;
    for (int32_t g = 0; g < p->input_c / p->depth; g++) {
        *next = first;
        ek_conv_2d_mve_group(p, input + g * p->depth, p->stream + g * ek_conv_2d_mve_group_words(p),
                             next, done, left, at, output + g * p->filters);
    }
}

EK_KERNEL void ek_conv_2d_s8_mve(const ek_conv_2d_s8_mve_params_t *p, const int8_t *input,
                                 int8_t *output, void *scratch)
{
    enum { POSITIONS = EK_CONV_2D_MVE_POSITIONS };
    const int32_t gathered =
        ek_conv_2d_mve_direct(p) ? 0 : POSITIONS * ek_conv_2d_mve_pitch(p) + EK_MVE_BYTES;
    const int32_t total = p->batches * p->output_h * p->output_w;
    ek_conv_2d_mve_scratch_t at;
    at.offsets = (uint16_t *)scratch;
    at.taps = (int8_t *)(at.offsets + 2 * POSITIONS);
    at.results = at.taps + gathered;
    ek_conv_2d_mve_place_t next = {-p->pad_h, -p->pad_w,
                                   -(p->pad_h * p->input_w + p->pad_w) * p->input_c};
    for (int32_t done = 0; done < total; done += POSITIONS) {
        const int32_t left = total - done < POSITIONS ? total - done : POSITIONS;
        if (done == 0 || left < POSITIONS) {
            ek_conv_2d_mve_offsets(p, left, at.offsets);
        }
        if (p->depth == p->input_c) {
            ek_conv_2d_mve_group(p, input, p->stream, &next, done, left, &at, output);
        } else {
            ek_conv_2d_mve_groups(p, input, &next, done, left, &at, output);
        }
        output += left * p->output_c;
    }
}

#endif
