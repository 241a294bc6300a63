/* SPDX-License-Identifier: Apache-2.0 */
/* int8 mean over up to 256 positions of at least 4 channels, four channels at a time: their sums
 * fit 16 bits. `middle` is 1: the positions follow each other. */
#ifndef EK_MEAN_S8_DSP_H
#define EK_MEAN_S8_DSP_H

#include "ek_lanes.h"
#include "ek_mean_s8.h"

EK_KERNEL void ek_mean_s8_dsp_channels(const ek_mean_params_t *p, const int8_t *input,
                                       int8_t *output)
{
    const int32_t count = p->reduced_1 * p->reduced_2;
    ek_lanes_t sums = {0, 0};
#pragma GCC unroll 8
    for (int32_t i = 0; i < count; i++) {
        sums = ek_lanes_add(sums, ek_lanes_load(input));
        input += p->inner;
    }
    for (int32_t lane = 0; lane < 4; lane++) {
        const int32_t sum = ek_lanes_sum(sums, lane) - p->input_zero_point * count;
        output[lane] = ek_requantize_clamped(sum, p->multiplier, p->shift, p->output_zero_point,
                                             INT8_MIN, INT8_MAX);
    }
}

EK_KERNEL void ek_mean_s8_dsp(const ek_mean_params_t *p, const int8_t *input, int8_t *output)
{
    for (int32_t o = 0; o < p->outer; o++) {
        for (int32_t c = 0; c < p->inner; c += 4) {
            /* The last four channels may be some of the ones before, once more. */
            const int32_t at = c + 4 <= p->inner ? c : p->inner - 4;
            ek_mean_s8_dsp_channels(p, input + at, output + at);
        }
        input += p->reduced_1 * p->reduced_2 * p->inner;
        output += p->inner;
    }
}

#endif
