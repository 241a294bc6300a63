/* SPDX-License-Identifier: Apache-2.0 */
/* int8 convolution, two products a multiplication: ek_conv_2d_swar.h. */
#ifndef EK_CONV_2D_S8_SWAR_H
#define EK_CONV_2D_S8_SWAR_H

#include "ek_conv_2d_swar.h"

typedef ek_conv_2d_swar_params_t ek_conv_2d_s8_swar_params_t;

EK_KERNEL void ek_conv_2d_s8_swar(const ek_conv_2d_s8_swar_params_t *p, const int8_t *input,
                                  int8_t *output, void *scratch)
{
    ek_conv_2d_swar(p, input, output, scratch);
}

#endif
