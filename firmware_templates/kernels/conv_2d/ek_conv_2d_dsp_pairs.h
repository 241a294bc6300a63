/* SPDX-License-Identifier: Apache-2.0 */
/* The convolution of ek_conv_2d_dsp.h that writes pairs of columns with a border,
 * ek_column_pairs.h, so that no depthwise convolution behind it has to make them. The number of
 * channels is even. */
#ifndef EK_CONV_2D_DSP_PAIRS_H
#define EK_CONV_2D_DSP_PAIRS_H

#include "ek_conv_2d_dsp.h"

/* `packed` tells 8-bit weights, 3 positions a block, from 16-bit weights, 2 positions. */
EK_KERNEL void ek_conv_2d_dsp_pairs(const ek_conv_2d_dsp_params_t *p, const int8_t *input,
                                    int8_t *output, void *scratch, bool packed)
{
    const int32_t positions = packed ? 3 : 2;
    const ek_conv_2d_dsp_scratch_t parts = ek_conv_2d_dsp_split(p, scratch, packed);
    const ek_column_pairs_t layout = ek_conv_2d_dsp_pairs_of(p);
    ek_conv_2d_dsp_place_t next = {-p->pad_h, -p->pad_w,
                                   -(p->pad_h * p->input_w + p->pad_w) * p->input_c};
    ek_column_place_t at = ek_column_pairs_begin(&layout);
    ek_column_pairs_clear(&layout, p->output_c, p->pair_border, (int32_t *)(void *)output);
    for (int32_t left = p->output_h * p->output_w; left > 0; left -= positions) {
        if (ek_conv_2d_dsp_pointwise(p)) {
            ek_conv_2d_dsp_gather_pixels(p, input, left, parts.taps, packed);
            input += positions * p->input_c;
        } else {
            ek_conv_2d_dsp_gather(p, input, &next, left, &parts, packed);
        }
        int8_t *const results = output + at.offset;
        int32_t others[EK_CONV_2D_DSP_MOST - 1];
        const int32_t first = at.offset;
#pragma GCC unroll 3
        for (int32_t k = 1; k < positions; k++) {
            /* A block with fewer positions computes its last one again. */
            if (ek_conv_2d_dsp_whole(p, positions) || k < left) {
                ek_column_pairs_advance(&layout, &at);
            }
            others[k - 1] = at.offset - first;
        }
        ek_column_pairs_advance(&layout, &at);
        if (packed) {
            ek_conv_2d_dsp_w8_pairs(p, parts.taps, results, others);
        } else {
            ek_conv_2d_dsp_w16_pairs(p, parts.taps, results, others);
        }
    }
}

#endif
