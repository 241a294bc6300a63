/* SPDX-License-Identifier: Apache-2.0 */
/* int16 mean over one or two axes of an array of any rank. */
#ifndef EK_MEAN_S16_H
#define EK_MEAN_S16_H

#include "ek_mean_s8.h"

EK_KERNEL void ek_mean_s16(const ek_mean_params_t *p, const int16_t *input, int16_t *output)
{
    ek_mean(p, input, output, true);
}

#endif
