/* SPDX-License-Identifier: Apache-2.0 */
/* Audio features in integers; the Python file of the same name gives the same bytes.
 *
 *   window     x[n] * hann[n], rounded to 4 fractional bits
 *   spectrum   radix-2 FFT of a power of two, 32 bits, twiddles of 15 fractional bits
 *   strength   power |X|^2 / 2^8, or magnitude |X| * 2^4
 *   bands      sums of strength * weight, weights of 15 fractional bits, and the floor
 *   log2       of a band in the waves' units, 16 fractional bits, linear between 64 points
 *   cosine     for MFCC: a matrix of 15 fractional bits
 *   int8       (value * scale + offset) >> 32, rounded, saturated
 */
#ifndef EK_FRONTEND_H
#define EK_FRONTEND_H

#include "ek_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    const int16_t *window; /* [frame] */
    const int16_t *cosine; /* [fft / 2] */
    const int16_t *sine;
    const uint16_t *band_start; /* [bands] */
    const uint16_t *band_length;
    const uint16_t *band_weights;
    const int16_t *matrix; /* [features][bands]; NULL: the bands are the features */
    uint64_t floor;        /* added to each band */
    int64_t scale;
    int64_t offset;
    uint16_t frame; /* samples */
    uint16_t fft;
    uint16_t bands;
    uint16_t features;
    uint16_t unit_bits; /* log2 of what a band of 1 is for waves in -1 to 1 */
    bool magnitude;
} ek_frontend_t;

/* One frame's features.
 *   samples  [frame]
 *   scratch  [2 * fft + bands]
 *   out      [features]
 */
void ek_frontend_frame(const ek_frontend_t *frontend, const int16_t *samples, int32_t *scratch,
                       int8_t *out);

#ifdef __cplusplus
}
#endif

#endif
