/* SPDX-License-Identifier: Apache-2.0 */
/* int8 fully connected layer for cores with the DSP extension, weights in 8 bits, without scratch:
 * the input's bytes are widened again for every four units. ek_fully_connected_dsp.h. */
#ifndef EK_FULLY_CONNECTED_S8_DSP_BYTES_H
#define EK_FULLY_CONNECTED_S8_DSP_BYTES_H

#include "ek_fully_connected_dsp.h"

typedef ek_fully_connected_dsp_params_t ek_fully_connected_s8_dsp_bytes_params_t;

EK_KERNEL void ek_fully_connected_s8_dsp_bytes(const ek_fully_connected_s8_dsp_bytes_params_t *p,
                                               const int8_t *input, int8_t *output)
{
    ek_fully_connected_dsp(p, input, output, NULL, EK_FC_W8_BYTES);
}

#endif
