/* SPDX-License-Identifier: Apache-2.0 */
/* Sliding windows: which taps of a window lie inside of the input. */
#ifndef EK_WINDOW_H
#define EK_WINDOW_H

#include "ek_types.h"

/* Taps from `begin` up to, not including, `end`; none where end <= begin. */
typedef struct {
    int32_t begin;
    int32_t end;
} ek_span_t;

/* The taps along one axis whose positions, origin + tap * dilation, are in [0, extent).
 * origin is below extent, and negative in the padding. */
static inline ek_span_t ek_span(int32_t origin, int32_t extent, int32_t taps, int32_t dilation)
{
    const int32_t inside = (extent - origin + dilation - 1) / dilation;
    ek_span_t span;
    span.begin = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
    span.end = inside < taps ? inside : taps;
    return span;
}

#endif
