/* SPDX-License-Identifier: Apache-2.0 */
/* int16 multiplication with broadcasting: four loops over the output, in which each input moves by
 * its own steps; a step of 0 repeats an element. */
#ifndef EK_MUL_S16_H
#define EK_MUL_S16_H

#include "ek_mul_s8.h"

EK_KERNEL void ek_mul_s16(const ek_mul_params_t *p, const int16_t *input1, const int16_t *input2,
                          int16_t *output)
{
    ek_mul(p, input1, input2, output, true);
}

#endif
