/* SPDX-License-Identifier: Apache-2.0 */
/* Requantization with 32-bit products only, for cores without a high multiplication.
 *
 * The form is proven equal to the reference when the code is generated, for every accumulator
 * that can occur (edgekit/kernels/_narrow.py). Sums count from the last one that gives the lowest
 * output, so that they are clamped instead of the outputs. Per channel there are
 *
 *     multiplier, addend, reach                one addend
 *     multiplier, addend, reach, edge, step    sums below the edge have another one
 *     multiplier, shift                        the reference, where nothing is proven: split is 0
 */
#ifndef EK_NARROW_H
#define EK_NARROW_H

#include "ek_quant.h"

typedef struct {
    int32_t split;    /* bits of a multiplier's lower part, or 0 */
    int32_t exponent; /* of all channels */
    int32_t words;    /* of one channel's form */
    int32_t zero_point;
    int32_t low, high;
} ek_narrow_t;

EK_KERNEL int8_t ek_narrow(int32_t sum, const int32_t *form, const ek_narrow_t *layer)
{
    if (layer->split == 0) {
        return ek_requantize_clamped(sum, form[0], form[1], layer->zero_point, layer->low,
                                     layer->high);
    }
    const int32_t held = ek_clamp(sum, 0, form[2]);
    const uint32_t upper = (uint32_t)form[0] >> layer->split;
    const uint32_t lower = (uint32_t)form[0] & ((1U << layer->split) - 1U);
    const uint32_t t = (uint32_t)held;
    int32_t moved = (int32_t)(t * upper + ((t * lower) >> layer->split)) + form[1];
    if (layer->words == 5) {
        moved -= held < form[3] ? form[4] : 0;
    }
    return (int8_t)(moved >> layer->exponent);
}

#endif
