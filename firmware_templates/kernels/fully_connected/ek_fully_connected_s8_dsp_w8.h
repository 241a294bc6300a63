/* SPDX-License-Identifier: Apache-2.0 */
/* int8 fully connected layer for cores with the DSP extension, weights in 8 bits:
 * ek_fully_connected_dsp.h. */
#ifndef EK_FULLY_CONNECTED_S8_DSP_W8_H
#define EK_FULLY_CONNECTED_S8_DSP_W8_H

#include "ek_fully_connected_dsp.h"

typedef ek_fully_connected_dsp_params_t ek_fully_connected_s8_dsp_w8_params_t;

EK_KERNEL void ek_fully_connected_s8_dsp_w8(const ek_fully_connected_s8_dsp_w8_params_t *p,
                                            const int8_t *input, int8_t *output, void *scratch)
{
    ek_fully_connected_dsp(p, input, output, scratch, EK_FC_W8);
}

#endif
