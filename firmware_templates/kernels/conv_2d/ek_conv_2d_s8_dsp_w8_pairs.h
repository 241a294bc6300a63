/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution for cores with the DSP extension, weights in 8 bits, to pairs of columns:
 * ek_conv_2d_dsp_pairs.h. */
#ifndef EK_CONV_2D_S8_DSP_W8_PAIRS_H
#define EK_CONV_2D_S8_DSP_W8_PAIRS_H

#include "ek_conv_2d_dsp_pairs.h"

typedef ek_conv_2d_dsp_params_t ek_conv_2d_s8_dsp_w8_pairs_params_t;

EK_KERNEL void ek_conv_2d_s8_dsp_w8_pairs(const ek_conv_2d_s8_dsp_w8_pairs_params_t *p,
                                          const int8_t *input, int8_t *output, void *scratch)
{
    ek_conv_2d_dsp_pairs(p, input, output, scratch, true);
}

#endif
