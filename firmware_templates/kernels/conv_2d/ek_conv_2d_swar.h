/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with a plain 32-bit multiplication, any stride and padding, one
 * group: ek_conv_2d_swar_dot.h.
 *
 * Neighbouring output positions, two a word, make a block: the taps of their windows are gathered
 * into scratch as words, then every channel runs over them. A block reads all of its input before
 * it writes, positions go forward. A window's row is `kernel_w * input_c` bytes in one piece; rows
 * that reach over the border are staged with the zero point in the places outside. */
#ifndef EK_CONV_2D_SWAR_H
#define EK_CONV_2D_SWAR_H

#include "ek_conv_2d_swar_dot.h"
#include "ek_conv_2d_swar_pairs.h"
#include "ek_conv_2d_swar_rv32.h"
#include "ek_narrow.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, input_c;
    int32_t output_h, output_w, output_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t split, exponent, form_words; /* ek_narrow.h */
    int32_t words;                       /* of a tap: half the positions of a block */
    bool paired;                         /* whether two channels go together */
    const uint8_t *weights;              /* chunks of every channel, or of every two */
    const int32_t *forms;                /* what both[] and upper[] begin with, and the form */
} ek_conv_2d_swar_params_t;

enum { EK_CONV_2D_SWAR_MOST = 2 * EK_SWAR_PAIR_WORDS };

/* Where a window begins. */
typedef struct {
    const int8_t *image;
    int32_t y, x;
} ek_conv_2d_swar_place_t;

/* To the next output position, in the order of the output. */
EK_KERNEL void ek_conv_2d_swar_advance(const ek_conv_2d_swar_params_t *p,
                                       ek_conv_2d_swar_place_t *place)
{
    place->x += p->stride_w;
    if (place->x == p->output_w * p->stride_w - p->pad_w) {
        place->x = -p->pad_w;
        place->y += p->stride_h;
        if (place->y == p->output_h * p->stride_h - p->pad_h) {
            place->y = -p->pad_h;
            place->image += p->input_h * p->input_w * p->input_c;
        }
    }
}

/* A window's row of bytes: in the input, or staged where some of it is outside. */
EK_KERNEL const int8_t *ek_conv_2d_swar_row(const ek_conv_2d_swar_params_t *p,
                                            const ek_conv_2d_swar_place_t *place, int32_t ky,
                                            const int8_t *outside, int8_t *staged)
{
    const int32_t y = place->y + ky * p->dilation_h;
    if (y < 0 || y >= p->input_h) {
        return outside;
    }
    const int8_t *row = place->image + (y * p->input_w + place->x) * p->input_c;
    if (place->x >= 0 && place->x + p->kernel_w <= p->input_w) {
        return row;
    }
    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        const int32_t x = place->x + kx;
        const bool inside = x >= 0 && x < p->input_w;
        const int8_t *const from = inside ? row + kx * p->input_c : outside;
        for (int32_t c = 0; c < p->input_c; c++) {
            staged[kx * p->input_c + c] = from[c];
        }
    }
    return staged;
}

/* The same taps of two positions, a word each. */
EK_KERNEL int32_t *ek_conv_2d_swar_pair(const int8_t *first, const int8_t *second, int32_t count,
                                        int32_t *to, int32_t words)
{
    const int8_t *const end = first + count;
#pragma GCC unroll 4
    while (first != end) {
        *to = (int32_t)((uint32_t)(int32_t)*first++ + ((uint32_t)(int32_t)*second++ << 16));
        to += words;
    }
    return to;
}

/* The windows of a block; the last one again where the output has no more positions. */
EK_KERNEL void ek_conv_2d_swar_gather(const ek_conv_2d_swar_params_t *p,
                                      ek_conv_2d_swar_place_t *next, int32_t left, int32_t *taps,
                                      int8_t *outside)
{
    const int32_t row = p->kernel_w * p->input_c;
    int8_t *const staged = outside + row;
    for (int32_t word = 0; word < p->words; word++) {
        const ek_conv_2d_swar_place_t first = *next;
        if (--left > 0) {
            ek_conv_2d_swar_advance(p, next);
        }
        const ek_conv_2d_swar_place_t second = *next;
        if (--left > 0) {
            ek_conv_2d_swar_advance(p, next);
        }
        int32_t *to = taps + word;
        for (int32_t ky = 0; ky < p->kernel_h; ky++) {
            to = ek_conv_2d_swar_pair(ek_conv_2d_swar_row(p, &first, ky, outside, staged),
                                      ek_conv_2d_swar_row(p, &second, ky, outside, staged + row),
                                      row, to, p->words);
        }
    }
}

/* The pixels of a block of a 1x1 convolution, which lie one behind the other. */
EK_KERNEL void ek_conv_2d_swar_pixels(const ek_conv_2d_swar_params_t *p, const int8_t *input,
                                      int32_t left, int32_t *taps)
{
    const int8_t *first = input;
    for (int32_t word = 0; word < p->words; word++) {
        const int8_t *const second = first + (--left > 0 ? p->input_c : 0);
        ek_conv_2d_swar_pair(first, second, p->input_c, taps + word, p->words);
        first = second + (--left > 0 ? p->input_c : 0);
    }
}

/* Results of one channel, from the sums of words' lower and upper positions. */
EK_KERNEL void ek_conv_2d_swar_results(const ek_conv_2d_swar_params_t *p, const int32_t *both,
                                       const int32_t *upper, const int32_t *form,
                                       const int32_t *places, int8_t *output)
{
    const ek_narrow_t layer = {p->split,      p->exponent,  p->form_words, p->output_zero_point,
                               p->output_min, p->output_max};
#pragma GCC unroll 3
    for (int32_t i = 0; i < p->words; i++) {
        const uint32_t lower = (uint32_t)both[i] - ((uint32_t)upper[i] << 16);
        output[places[2 * i]] = ek_narrow((int32_t)lower, form + 2, &layer);
        output[places[2 * i + 1]] = ek_narrow(upper[i], form + 2, &layer);
    }
}

#if EK_RV32

/* Channels of a block in assembler. Where there are fewer positions than six, or no second channel,
 * results go to a place of their own first. */
EK_KERNEL void ek_conv_2d_swar_block_rv32(const ek_conv_2d_swar_params_t *p, const int32_t *taps,
                                          int8_t *output, int32_t left)
{
    ek_swar_block_t block = {
        taps,     p->weights,  p->forms,          output,       p->output_c, p->output_c / 2,
        p->split, p->exponent, 32 - 2 * p->split, p->form_words};
    int32_t c = 0;
    if (left >= EK_CONV_2D_SWAR_MOST && p->output_c > 1) {
        ek_swar_block_rv32(&block);
        c = p->output_c & ~1;
    }
    for (; c < p->output_c; c += 2) {
        int8_t results[2 * EK_CONV_2D_SWAR_MOST];
        block.out = results;
        block.step = 2;
        block.pairs = 1;
        ek_swar_block_rv32(&block);
        for (int32_t k = 0; k < left && k < EK_CONV_2D_SWAR_MOST; k++) {
            output[k * p->output_c + c] = results[2 * k];
            if (c + 1 < p->output_c) {
                output[k * p->output_c + c + 1] = results[2 * k + 1];
            }
        }
    }
}

#endif

/* All channels of a block, two at a time. */
EK_KERNEL void ek_conv_2d_swar_block_paired(const ek_conv_2d_swar_params_t *p, const int32_t *taps,
                                            int8_t *output, const int32_t *places)
{
    const uint8_t *weights = p->weights;
    const int32_t *form = p->forms;
    for (int32_t c = 0; c < p->output_c; c += 2) {
        ek_swar_pair_sums_t sums[2];
        for (int32_t k = 0; k < 2; k++) {
            for (int32_t i = 0; i < EK_SWAR_PAIR_WORDS; i++) {
                sums[k].both[i] = form[k * (2 + p->form_words)];
                sums[k].upper[i] = form[k * (2 + p->form_words) + 1];
            }
        }
        weights = ek_swar_pair_dot(taps, weights, sums);
        for (int32_t k = 0; k < 2 && c + k < p->output_c; k++) {
            ek_conv_2d_swar_results(p, sums[k].both, sums[k].upper, form, places, output++);
            form += 2 + p->form_words;
        }
    }
}

/* All channels of a block, one at a time. */
EK_KERNEL void ek_conv_2d_swar_block_single(const ek_conv_2d_swar_params_t *p, const int32_t *taps,
                                            int8_t *output, const int32_t *places)
{
    const uint8_t *weights = p->weights;
    const int32_t *form = p->forms;
    for (int8_t *const end = output + p->output_c; output != end; output++) {
        ek_swar_sums_t sums;
        for (int32_t i = 0; i < EK_SWAR_WORDS; i++) {
            sums.both[i] = form[0];
            sums.upper[i] = form[1];
        }
        weights = ek_swar_dot_2(taps, weights, &sums);
        ek_conv_2d_swar_results(p, sums.both, sums.upper, form, places, output);
        form += 2 + p->form_words;
    }
}

EK_KERNEL void ek_conv_2d_swar_block(const ek_conv_2d_swar_params_t *p, const int32_t *taps,
                                     int8_t *output, int32_t left)
{
#if EK_RV32
    if (p->paired && p->split != 0) {
        ek_conv_2d_swar_block_rv32(p, taps, output, left);
        return;
    }
#endif
    int32_t places[EK_CONV_2D_SWAR_MOST];
#pragma GCC unroll 6
    for (int32_t k = 0; k < 2 * p->words; k++) {
        places[k] = (k < left ? k : left - 1) * p->output_c;
    }
    if (p->paired) {
        ek_conv_2d_swar_block_paired(p, taps, output, places);
    } else {
        ek_conv_2d_swar_block_single(p, taps, output, places);
    }
}

EK_KERNEL void ek_conv_2d_swar(const ek_conv_2d_swar_params_t *p, const int8_t *input,
                               int8_t *output, void *scratch)
{
    const bool pointwise = p->kernel_h * p->kernel_w * p->stride_h * p->stride_w == 1;
    const int32_t row = p->kernel_w * p->input_c;
    int32_t *const taps = (int32_t *)scratch;
    int8_t *const outside = (int8_t *)(taps + p->kernel_h * row * p->words);
    for (int32_t i = 0; !pointwise && i < row; i++) {
        outside[i] = (int8_t)p->input_zero_point;
    }
    ek_conv_2d_swar_place_t next = {input, -p->pad_h, -p->pad_w};
    for (int32_t left = p->batches * p->output_h * p->output_w; left > 0; left -= 2 * p->words) {
        if (pointwise) {
            ek_conv_2d_swar_pixels(p, input, left, taps);
            input += 2 * p->words * p->input_c;
        } else {
            ek_conv_2d_swar_gather(p, &next, left, taps, outside);
        }
        ek_conv_2d_swar_block(p, taps, output, left);
        output += 2 * p->words * p->output_c;
    }
}

#endif
