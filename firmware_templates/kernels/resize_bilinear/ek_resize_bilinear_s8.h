/* SPDX-License-Identifier: Apache-2.0 */
/* int8 image of another height and width: each pixel from the four around its place. */
#ifndef EK_RESIZE_BILINEAR_S8_H
#define EK_RESIZE_BILINEAR_S8_H

#include "ek_quant.h"

/* Places in the input and weights have so many bits behind the point. */
#define EK_RESIZE_BITS 10

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, channels;
    int32_t output_h, output_w;
    int32_t step_h, step_w;   /* per output row and column, the place in the input moves by */
    int32_t start_h, start_w; /* of the first ones; may be below 0 */
} ek_resize_bilinear_params_t;

/* Where an output row or column lies: between two of the input, of which the second one has this
 * weight, below 0 in front of the first. */
typedef struct {
    int32_t lower, upper, weight;
} ek_resize_place_t;

EK_KERNEL ek_resize_place_t ek_resize_place(int32_t at, int32_t extent)
{
    const int32_t one = 1 << EK_RESIZE_BITS;
    const int32_t lower = at < 0 ? 0 : at >> EK_RESIZE_BITS;
    const int32_t next = (at + one - 1) >> EK_RESIZE_BITS;
    const int32_t upper = next < extent ? next : extent - 1;
    return (ek_resize_place_t){lower, upper, at - lower * one};
}

/* x / 2^(2 * EK_RESIZE_BITS), ties away from zero. */
EK_KERNEL int32_t ek_resize_rounded(int32_t x)
{
    return ek_divide_by_pot(x, 2 * EK_RESIZE_BITS);
}

EK_KERNEL void ek_resize_bilinear_s8_row(const ek_resize_bilinear_params_t *p, const int8_t *above,
                                         const int8_t *below, int32_t down, int8_t *output)
{
    const int32_t one = 1 << EK_RESIZE_BITS;
    for (int32_t ox = 0; ox < p->output_w; ox++) {
        const ek_resize_place_t x = ek_resize_place(ox * p->step_w + p->start_w, p->input_w);
        const int32_t left = x.lower * p->channels;
        const int32_t right = x.upper * p->channels;
        for (int32_t c = 0; c < p->channels; c++) {
            const int32_t top = above[left + c] * (one - x.weight) + above[right + c] * x.weight;
            const int32_t bottom = below[left + c] * (one - x.weight) + below[right + c] * x.weight;
            *output++ = (int8_t)ek_resize_rounded(top * (one - down) + bottom * down);
        }
    }
}

EK_KERNEL void ek_resize_bilinear_s8(const ek_resize_bilinear_params_t *p, const int8_t *input,
                                     int8_t *output)
{
    const int32_t row = p->input_w * p->channels;
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const ek_resize_place_t y = ek_resize_place(oy * p->step_h + p->start_h, p->input_h);
            ek_resize_bilinear_s8_row(p, input + y.lower * row, input + y.upper * row, y.weight,
                                      output);
            output += p->output_w * p->channels;
        }
        input += p->input_h * row;
    }
}

#endif
