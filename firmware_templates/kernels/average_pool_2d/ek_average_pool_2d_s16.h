/* SPDX-License-Identifier: Apache-2.0 */
/* int16 average pooling, NHWC; padding does not count. */
#ifndef EK_AVERAGE_POOL_2D_S16_H
#define EK_AVERAGE_POOL_2D_S16_H

#include "ek_average_pool_2d_s8.h"

EK_KERNEL void ek_average_pool_2d_s16(const ek_average_pool_2d_params_t *p, const int16_t *input,
                                      int16_t *output)
{
    ek_average_pool_2d(p, input, output, true);
}

#endif
