/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with the DSP extension, any stride and padding, one group.
 *
 * Neighbouring output positions, 2 or 3 of them, make a block: the taps of their windows are
 * gathered into scratch as 16-bit numbers, then one of the blocks of assembler computes all
 * channels. A block reads all of its input before it writes, positions go forward, and none of
 * its input's rows above the window is read again.
 *
 * A row of a window is `kernel_w * input_c` bytes in one piece. Its taps are gathered in groups
 * of four; what is left over of the rows is put into groups of its own behind them. Rows that
 * reach over the border are staged with the zero point in the places outside. */
#ifndef EK_CONV_2D_DSP_H
#define EK_CONV_2D_DSP_H

#include "ek_conv_2d_dsp_hold.h"
#include "ek_conv_2d_dsp_params.h"
#include "ek_conv_2d_dsp_w16.h"
#include "ek_conv_2d_dsp_w8.h"

enum { EK_CONV_2D_DSP_MOST = 3 };

/* The scratch: taps, then a row of zero points and one staged row per position, then a block's
 * results where they can't be written to their place at once. */
typedef struct {
    int32_t *taps;
    int8_t *outside;
    int8_t *staged;
    int8_t *results;
} ek_conv_2d_dsp_scratch_t;

/* Where a window begins: row, column, and the offset of that element from the input. */
typedef struct {
    int32_t y, x;
    int32_t offset;
} ek_conv_2d_dsp_place_t;

static inline int32_t ek_conv_2d_dsp_row(const ek_conv_2d_dsp_params_t *p)
{
    return p->kernel_w * p->input_c;
}

/* Whether all blocks have all of their positions. */
static inline bool ek_conv_2d_dsp_whole(const ek_conv_2d_dsp_params_t *p, int32_t positions)
{
    return p->batches * p->output_h * p->output_w % positions == 0;
}

static inline bool ek_conv_2d_dsp_pointwise(const ek_conv_2d_dsp_params_t *p)
{
    return p->kernel_h * p->kernel_w * p->stride_h * p->stride_w == 1;
}

/* Bytes of a staged row. */
static inline int32_t ek_conv_2d_dsp_staged(const ek_conv_2d_dsp_params_t *p)
{
    return ek_conv_2d_dsp_pointwise(p) ? 0 : (ek_conv_2d_dsp_row(p) + 3) & ~3;
}

EK_KERNEL void ek_conv_2d_dsp_copy(const int8_t *from, int8_t *to, int32_t bytes)
{
    if ((bytes & 3) == 0) {
        for (int32_t i = 0; i < bytes; i += 4) {
            __builtin_memcpy(to + i, from + i, 4);
        }
        return;
    }
    for (int32_t i = 0; i < bytes; i++) {
        to[i] = from[i];
    }
}

/* Four taps of each of two positions. */
EK_KERNEL int32_t *ek_conv_2d_dsp_widen_2(const int8_t **rows, int32_t *to)
{
#if EK_DSP
    int32_t a;
    int32_t b;
    int32_t c;
    __asm__ volatile("ldr %[a], [%[p]], #4\n"
                     "ldr %[b], [%[q]], #4\n"
                     "sxtb16 %[c], %[a], ror #8\n"
                     "sxtb16 %[a], %[a]\n"
                     "strd %[a], %[c], [%[to]], #8\n"
                     "sxtb16 %[c], %[b], ror #8\n"
                     "sxtb16 %[b], %[b]\n"
                     "strd %[b], %[c], [%[to]], #8\n"
                     : [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [p] "+r"(rows[0]),
                       [q] "+r"(rows[1]), [to] "+r"(to)
                     :
                     : "memory");
    return to;
#else
    for (int32_t k = 0; k < 2; k++) {
        ek_dsp_widen(rows[k], to + 2 * k, to + 2 * k + 1);
        rows[k] += 4;
    }
    return to + 4;
#endif
}

/* Four taps of each of three positions. */
EK_KERNEL int32_t *ek_conv_2d_dsp_widen_3(const int8_t **rows, int32_t *to)
{
#if EK_DSP
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
    __asm__ volatile("ldr %[a], [%[p]], #4\n"
                     "ldr %[b], [%[q]], #4\n"
                     "sxtb16 %[c], %[a]\n"
                     "sxtb16 %[d], %[b]\n"
                     "strd %[c], %[d], [%[to]], #8\n"
                     "ldr %[c], [%[r]], #4\n"
                     "sxtb16 %[a], %[a], ror #8\n"
                     "sxtb16 %[b], %[b], ror #8\n"
                     "sxtb16 %[d], %[c]\n"
                     "strd %[d], %[a], [%[to]], #8\n"
                     "sxtb16 %[c], %[c], ror #8\n"
                     "strd %[b], %[c], [%[to]], #8\n"
                     : [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d), [p] "+r"(rows[0]),
                       [q] "+r"(rows[1]), [r] "+r"(rows[2]), [to] "+r"(to)
                     :
                     : "memory");
    return to;
#else
    for (int32_t k = 0; k < 3; k++) {
        ek_dsp_widen(rows[k], to + k, to + 3 + k);
        rows[k] += 4;
    }
    return to + 6;
#endif
}

/* One row of every window of a block: its groups of four, then what is left over. */
EK_KERNEL void ek_conv_2d_dsp_gather_row(const ek_conv_2d_dsp_params_t *p, const int8_t **rows,
                                         int32_t ky, int32_t *taps, bool packed)
{
    const int32_t positions = packed ? 3 : 2;
    const int32_t full = ek_conv_2d_dsp_row(p) / 4;
    const int32_t left = ek_conv_2d_dsp_row(p) % 4;
    int32_t *to = taps + ky * full * positions * 2;
#pragma GCC unroll 8
    for (int32_t g = 0; g < full; g++) {
        to = packed ? ek_conv_2d_dsp_widen_3(rows, to) : ek_conv_2d_dsp_widen_2(rows, to);
    }
    int8_t *const bytes = (int8_t *)taps;
#pragma GCC unroll 3
    for (int32_t t = 0; t < left; t++) {
        const int32_t slot = p->kernel_h * full * 4 + ky * left + t;
        const int32_t odd = slot & 1;
        const int32_t half = (slot >> 1) & 1;
#pragma GCC unroll 3
        for (int32_t k = 0; k < positions; k++) {
            const int32_t word = packed ? odd * 3 + k : k * 2 + odd;
            const int32_t at = ((slot >> 2) * positions * 2 + word) * 4 + half * 2;
            const int16_t value = rows[k][t];
            __builtin_memcpy(bytes + at, &value, sizeof value);
        }
    }
}

/* A window's row of bytes: in the input, or staged where some of it is outside. */
EK_KERNEL const int8_t *ek_conv_2d_dsp_stage(const ek_conv_2d_dsp_params_t *p,
                                             const ek_conv_2d_dsp_place_t *place, int32_t ky,
                                             const int8_t *input, const int8_t *outside,
                                             int8_t *staged)
{
    const int32_t y = place->y + ky * p->dilation_h;
    if (y < 0 || y >= p->input_h) {
        return outside;
    }
    const int32_t row = place->offset + ky * p->dilation_h * p->input_w * p->input_c;
    if (place->x >= 0 && place->x + p->kernel_w <= p->input_w) {
        return input + row;
    }
    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        const int32_t x = place->x + kx;
        const bool inside = x >= 0 && x < p->input_w;
        ek_conv_2d_dsp_copy(inside ? input + row + kx * p->input_c : outside,
                            staged + kx * p->input_c, p->input_c);
    }
    return staged;
}

static inline bool ek_conv_2d_dsp_inside(const ek_conv_2d_dsp_params_t *p,
                                         const ek_conv_2d_dsp_place_t *place)
{
    const int32_t reach = (p->kernel_h - 1) * p->dilation_h + 1;
    return place->y >= 0 && place->y + reach <= p->input_h && place->x >= 0 &&
           place->x + p->kernel_w <= p->input_w;
}

/* To the next output position, in the order of the output. */
EK_KERNEL void ek_conv_2d_dsp_advance(const ek_conv_2d_dsp_params_t *p,
                                      ek_conv_2d_dsp_place_t *place)
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

/* The windows of a block that lie inside of the input. Few taps are gathered without a loop. */
EK_KERNEL void ek_conv_2d_dsp_gather_inside(const ek_conv_2d_dsp_params_t *p, const int8_t *input,
                                            const ek_conv_2d_dsp_place_t *places, int32_t *taps,
                                            bool packed)
{
    const int8_t *bases[EK_CONV_2D_DSP_MOST];
    const int8_t *rows[EK_CONV_2D_DSP_MOST];
    const int32_t step = p->dilation_h * p->input_w * p->input_c;
#pragma GCC unroll 3
    for (int32_t k = 0; k < EK_CONV_2D_DSP_MOST; k++) {
        bases[k] = input + places[k].offset;
    }
    if (p->groups <= 10) {
#pragma GCC unroll 10
        for (int32_t ky = 0; ky < p->kernel_h; ky++) {
#pragma GCC unroll 3
            for (int32_t k = 0; k < EK_CONV_2D_DSP_MOST; k++) {
                rows[k] = bases[k] + ky * step;
            }
            ek_conv_2d_dsp_gather_row(p, rows, ky, taps, packed);
        }
        return;
    }
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
#pragma GCC unroll 3
        for (int32_t k = 0; k < EK_CONV_2D_DSP_MOST; k++) {
            rows[k] = bases[k] + ky * step;
        }
        ek_conv_2d_dsp_gather_row(p, rows, ky, taps, packed);
    }
}

/* The windows of a block, where blocks do not cross the output's rows, if they lie inside; returns
 * whether they do. */
EK_KERNEL bool ek_conv_2d_dsp_gather_row_of(const ek_conv_2d_dsp_params_t *p, const int8_t *input,
                                            ek_conv_2d_dsp_place_t *next, int32_t *taps,
                                            bool packed)
{
    const int32_t positions = packed ? 3 : 2;
    const int32_t below = p->input_h - (p->kernel_h - 1) * p->dilation_h;
    const int32_t end = next->x + (positions - 1) * p->stride_w + p->kernel_w;
    if (next->y < 0 || next->y >= below || next->x < 0 || end > p->input_w) {
        return false;
    }
    ek_conv_2d_dsp_place_t places[EK_CONV_2D_DSP_MOST];
#pragma GCC unroll 3
    for (int32_t k = 0; k < EK_CONV_2D_DSP_MOST; k++) {
        places[k] = *next;
        places[k].offset += k * p->stride_w * p->input_c;
    }
    ek_conv_2d_dsp_gather_inside(p, input, places, taps, packed);
    next->x += (positions - 1) * p->stride_w;
    next->offset += (positions - 1) * p->stride_w * p->input_c;
    ek_conv_2d_dsp_advance(p, next);
    return true;
}

/* The windows of a block; the last one again where the output has no more positions. */
EK_KERNEL void ek_conv_2d_dsp_gather(const ek_conv_2d_dsp_params_t *p, const int8_t *input,
                                     ek_conv_2d_dsp_place_t *next, int32_t positions_left,
                                     const ek_conv_2d_dsp_scratch_t *scratch, bool packed)
{
    const int32_t positions = packed ? 3 : 2;
    const bool whole = ek_conv_2d_dsp_whole(p, positions);
    if (p->output_w % positions == 0 &&
        ek_conv_2d_dsp_gather_row_of(p, input, next, scratch->taps, packed)) {
        return;
    }
    ek_conv_2d_dsp_place_t places[EK_CONV_2D_DSP_MOST] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
    bool inside = true;
#pragma GCC unroll 3
    for (int32_t k = 0; k < positions; k++) {
        places[k] = *next;
        inside = inside && ek_conv_2d_dsp_inside(p, next);
        if (whole || k + 1 < positions_left) {
            ek_conv_2d_dsp_advance(p, next);
        }
    }
    if (inside) {
        ek_conv_2d_dsp_gather_inside(p, input, places, scratch->taps, packed);
        return;
    }
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int8_t *rows[EK_CONV_2D_DSP_MOST];
#pragma GCC unroll 3
        for (int32_t k = 0; k < positions; k++) {
            rows[k] = ek_conv_2d_dsp_stage(p, &places[k], ky, input, scratch->outside,
                                           scratch->staged + k * ek_conv_2d_dsp_staged(p));
        }
        ek_conv_2d_dsp_gather_row(p, rows, ky, scratch->taps, packed);
    }
}

/* The pixels of a block of a 1x1 convolution, which lie one behind the other. */
EK_KERNEL void ek_conv_2d_dsp_gather_pixels(const ek_conv_2d_dsp_params_t *p, const int8_t *input,
                                            int32_t positions_left, int32_t *taps, bool packed)
{
    const bool whole = ek_conv_2d_dsp_whole(p, packed ? 3 : 2);
    const int8_t *rows[EK_CONV_2D_DSP_MOST];
#pragma GCC unroll 3
    for (int32_t k = 0; k < EK_CONV_2D_DSP_MOST; k++) {
        rows[k] = input + (whole || k < positions_left ? k : positions_left - 1) * p->input_c;
    }
    ek_conv_2d_dsp_gather_row(p, rows, 0, taps, packed);
}

EK_KERNEL ek_conv_2d_dsp_scratch_t ek_conv_2d_dsp_split(const ek_conv_2d_dsp_params_t *p,
                                                        void *scratch, bool packed)
{
    const int32_t positions = packed ? 3 : 2;
    ek_conv_2d_dsp_scratch_t parts;
    parts.taps = (int32_t *)scratch;
    parts.outside = (int8_t *)(parts.taps + p->groups * positions * 2);
    parts.staged = parts.outside + ek_conv_2d_dsp_staged(p);
    parts.results = parts.staged + positions * ek_conv_2d_dsp_staged(p);
    for (int32_t i = 0; i < ek_conv_2d_dsp_staged(p); i++) {
        parts.outside[i] = (int8_t)p->input_zero_point;
    }
    return parts;
}

/* `packed` tells 8-bit weights, 3 positions a block, from 16-bit weights, 2 positions. */
EK_KERNEL void ek_conv_2d_dsp(const ek_conv_2d_dsp_params_t *p, const int8_t *input, int8_t *output,
                              void *scratch, bool packed)
{
    const int32_t positions = packed ? 3 : 2;
    const int32_t stride = ek_conv_2d_dsp_stride(p);
    const ek_conv_2d_dsp_scratch_t parts = ek_conv_2d_dsp_split(p, scratch, packed);
    ek_conv_2d_dsp_place_t next = {-p->pad_h, -p->pad_w,
                                   -(p->pad_h * p->input_w + p->pad_w) * p->input_c};
    int32_t left = p->batches * p->output_h * p->output_w;
    while (left > 0) {
        if (ek_conv_2d_dsp_pointwise(p)) {
            ek_conv_2d_dsp_gather_pixels(p, input, left, parts.taps, packed);
            input += positions * p->input_c;
        } else {
            ek_conv_2d_dsp_gather(p, input, &next, left, &parts, packed);
        }
        const bool direct =
            stride == p->output_c && (ek_conv_2d_dsp_whole(p, positions) || left >= positions);
        int8_t *const results = direct ? output : parts.results;
        if (packed) {
            ek_conv_2d_dsp_w8(p, parts.taps, results, stride);
        } else if (p->hold) {
            ek_conv_2d_dsp_hold(p, parts.taps, results, stride);
        } else {
            ek_conv_2d_dsp_w16(p, parts.taps, results, stride);
        }
        for (int32_t k = 0; !direct && k < positions && k < left; k++) {
            ek_conv_2d_dsp_copy(results + k * stride, output + k * p->output_c, p->output_c);
        }
        output += positions * p->output_c;
        left -= positions;
    }
}

#endif
