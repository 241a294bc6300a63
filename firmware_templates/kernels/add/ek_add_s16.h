/* SPDX-License-Identifier: Apache-2.0 */
/* int16 addition or subtraction with broadcasting: four loops over the output, in which each input
 * moves by its own steps; a step of 0 repeats an element. */
#ifndef EK_ADD_S16_H
#define EK_ADD_S16_H

#include "ek_add_s8.h"

EK_KERNEL void ek_add_s16(const ek_add_params_t *p, const int16_t *input1, const int16_t *input2,
                          int16_t *output)
{
    ek_add(p, input1, input2, output, true);
}

#endif
