/* SPDX-License-Identifier: Apache-2.0 */
/* Requantization that 32-bit products can do, for cores without a high multiplication.
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

/* t * multiplier / 2^split, rounded down; t < 2^(32 - split), multiplier < 2^(2 * split),
 * split in [1, 16]. */
EK_KERNEL int32_t ek_narrow_scale(uint32_t t, uint32_t multiplier, int32_t split)
{
#if defined(__thumb__) && !defined(__thumb2__)
    const uint32_t lower = multiplier & ((1U << split) - 1U);
    return (int32_t)(t * (multiplier >> split) + ((t * lower) >> split));
#else
    /* The same number, where the upper word of a product is one instruction. */
    return (int32_t)(((uint64_t)(t << split) * (multiplier << (32 - 2 * split))) >> 32);
#endif
}

EK_KERNEL int8_t ek_narrow(int32_t sum, const int32_t *form, const ek_narrow_t *layer)
{
    if (layer->split == 0) {
        return ek_requantize_clamped(sum, form[0], form[1], layer->zero_point, layer->low,
                                     layer->high);
    }
    const int32_t held = ek_clamp(sum, 0, form[2]);
    int32_t moved = ek_narrow_scale((uint32_t)held, (uint32_t)form[0], layer->split) + form[1];
    if (layer->words == 5) {
        moved -= held < form[3] ? form[4] : 0;
    }
    return (int8_t)(moved >> layer->exponent);
}

#endif
