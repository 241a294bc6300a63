/* SPDX-License-Identifier: Apache-2.0 */
/* int8 mean over one or two axes for cores with MVE: 8 elements of what is behind the axes at a
 * time, or 16 of a run where nothing is behind them. */
#ifndef EK_MEAN_S8_MVE_H
#define EK_MEAN_S8_MVE_H

#include "ek_mean_s8.h"
#include "ek_mve_window.h"

#if EK_MVE

/* Nothing is behind the axes. */
EK_KERNEL void ek_mean_mve_run(const ek_mean_params_t *p, const int8_t *from, int8_t *output)
{
    int32_t sum = 0;
    for (int32_t r = 0; r < p->reduced_1; r++) {
        for (int32_t i = 0; i < p->reduced_2; i += EK_MVE_BYTES) {
            sum = vaddvaq_s8(sum, vldrbq_z_s8(from + i, vctp8q((uint32_t)(p->reduced_2 - i))));
        }
        from += p->middle * p->reduced_2;
    }
    sum -= p->input_zero_point * p->reduced_1 * p->reduced_2;
    *output = ek_requantize_clamped(sum, p->multiplier, p->shift, p->output_zero_point, INT8_MIN,
                                    INT8_MAX);
}

EK_KERNEL int32x4_t ek_mean_mve_lanes(const ek_mean_params_t *p, int32x4_t sums)
{
    sums = vsubq_n_s32(sums, p->input_zero_point * p->reduced_1 * p->reduced_2);
    return vqaddq_n_s32(ek_mve_requantize_lanes(sums, p->multiplier, p->shift),
                        p->output_zero_point);
}

EK_KERNEL int16x8_t ek_mean_mve_channels(const ek_mean_params_t *p, const int8_t *from, bool whole,
                                         mve_pred16_t some)
{
    const ek_mve_window_t window = {p->reduced_1, p->reduced_2, p->middle * p->reduced_2 * p->inner,
                                    p->inner};
    ek_mve_sums_t sums =
        ek_mve_window_sums(from, &window, p->reduced_1 * p->reduced_2, whole, some);
    sums.even = ek_mean_mve_lanes(p, sums.even);
    sums.odd = ek_mean_mve_lanes(p, sums.odd);
    return ek_mve_join(sums);
}

/* The means of `inner` runs that begin next to each other. */
EK_KERNEL void ek_mean_mve_position(const ek_mean_params_t *p, const int8_t *from, int8_t *output)
{
    if (p->inner == 1) {
        ek_mean_mve_run(p, from, output);
        return;
    }
    const int32_t whole = p->inner - p->inner % EK_MVE_LANES;
    for (int32_t i = 0; i < whole; i += EK_MVE_LANES) {
        vstrbq_s16(output + i, ek_mean_mve_channels(p, from + i, true, 0));
    }
    if (whole < p->inner) {
        const mve_pred16_t some = vctp16q((uint32_t)(p->inner - whole));
        vstrbq_p_s16(output + whole, ek_mean_mve_channels(p, from + whole, false, some), some);
    }
}

EK_KERNEL void ek_mean_s8_mve(const ek_mean_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t o = 0; o < p->outer; o++) {
        for (int32_t m = 0; m < p->middle; m++) {
            ek_mean_mve_position(p, input + m * p->reduced_2 * p->inner, output);
            output += p->inner;
        }
        input += p->reduced_1 * p->middle * p->reduced_2 * p->inner;
    }
}

#else

EK_KERNEL void ek_mean_s8_mve(const ek_mean_params_t *p, const int8_t *input, int8_t *output)
{
    ek_mean_s8(p, input, output);
}

#endif

#endif
