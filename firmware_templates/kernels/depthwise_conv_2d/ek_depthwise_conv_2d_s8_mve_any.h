/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution for cores with MVE, any window, stride, dilation and padding: one
 * position and 8 channels at a time.
 *
 * Weights are -127 or more, so that two products fit 16 bits. Taps outside of the input count as
 * its zero point, which the bias has for all taps.
 *
 * The stream, per 8 channels: their form (ek_mve.h), in which each row has the channels with even
 * numbers before the others; the weights, tap by tap, 8 bytes each. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_MVE_ANY_H
#define EK_DEPTHWISE_CONV_2D_S8_MVE_ANY_H

#include "ek_mve_window.h"

typedef struct {
    int32_t batches;
    int32_t input_h, input_w, channels;
    int32_t output_h, output_w;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* before the first row and column */
    int32_t input_zero_point, output_zero_point;
    int32_t output_min, output_max;
    int32_t mode;          /* ek_mve.h */
    const int32_t *stream; /* forms and weights */
} ek_depthwise_conv_2d_s8_mve_any_params_t;

/* Words of the form, and of form and weights, of 8 channels. */
static inline int32_t ek_depthwise_mve_any_form(const ek_depthwise_conv_2d_s8_mve_any_params_t *p)
{
    return EK_MVE_LANES * ek_mve_form_words(p->mode);
}

static inline int32_t ek_depthwise_mve_any_words(const ek_depthwise_conv_2d_s8_mve_any_params_t *p)
{
    return ek_depthwise_mve_any_form(p) + p->kernel_h * p->kernel_w * EK_MVE_LANES / 4;
}

/* A window: its first tap, and whether all of it lies inside of the input. */
typedef struct {
    const int8_t *input;
    int32_t y, x;
    bool inside;
} ek_depthwise_mve_any_window_t;

/* Where a tap's channels are; NULL outside of the input. */
EK_KERNEL const int8_t *ek_depthwise_mve_any_tap(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                                 const ek_depthwise_mve_any_window_t *window,
                                                 int32_t ky, int32_t kx)
{
    const int32_t y = window->y + ky * p->dilation_h;
    const int32_t x = window->x + kx * p->dilation_w;
    const bool inside = window->inside || (y >= 0 && y < p->input_h && x >= 0 && x < p->input_w);
    return inside ? window->input + (y * p->input_w + x) * p->channels : NULL;
}

#if EK_MVE

/* A tap's products of 8 channels, from channel `c` on. */
EK_KERNEL int16x8_t ek_depthwise_mve_any_products(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                                  const ek_depthwise_mve_any_window_t *window,
                                                  int32_t ky, int32_t kx, int32_t c,
                                                  const int8_t *weights, mve_pred16_t some)
{
    const int8_t *at = ek_depthwise_mve_any_tap(p, window, ky, kx);
    int16x8_t values = vdupq_n_s16((int16_t)p->input_zero_point);
    if (window->inside || at != NULL) {
        values = p->channels % EK_MVE_LANES == 0 ? vldrbq_s16(at + c) : vldrbq_z_s16(at + c, some);
    }
    return vmulq_s16(values, vldrbq_s16(weights + (ky * p->kernel_w + kx) * EK_MVE_LANES));
}

EK_KERNEL ek_mve_sums_t ek_depthwise_mve_any_sums(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                                  const ek_depthwise_mve_any_window_t *window,
                                                  int32_t c, const int32_t *stream,
                                                  mve_pred16_t some)
{
    const int8_t *weights = (const int8_t *)(stream + ek_depthwise_mve_any_form(p));
    ek_mve_sums_t sums = {vldrwq_s32(stream), vldrwq_s32(stream + 4)};
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
#pragma GCC unroll 4
        for (int32_t kx = 0; kx < p->kernel_w; kx += 2) {
            int16x8_t two = ek_depthwise_mve_any_products(p, window, ky, kx, c, weights, some);
            if (kx + 1 < p->kernel_w) {
                two = vaddq_s16(
                    two, ek_depthwise_mve_any_products(p, window, ky, kx + 1, c, weights, some));
            }
            sums.even = vaddq_s32(sums.even, vmovlbq_s16(two));
            sums.odd = vaddq_s32(sums.odd, vmovltq_s16(two));
        }
    }
    return sums;
}

/* Four sums as numbers of the output; `form` is their multipliers, then further rows. */
EK_KERNEL int32x4_t ek_depthwise_mve_any_scaled(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                                int32x4_t sums, const int32_t *form)
{
    if (p->mode == EK_MVE_GENERAL) {
        sums = vshlq_s32(sums, vldrwq_s32(form + 2 * EK_MVE_LANES));
    }
    sums = vqrdmulhq_s32(sums, vldrwq_s32(form));
    if (p->mode == EK_MVE_SIGNED) {
        sums = vaddq_s32(sums, vshrq_n_s32(sums, 31));
    } else if (p->mode == EK_MVE_GENERAL) {
        const int32x4_t less = vldrwq_s32(form + 3 * EK_MVE_LANES);
        sums = vaddq_s32(sums, vmulq_s32(vshrq_n_s32(sums, 31), less));
    }
    return vqaddq_n_s32(vrshlq_s32(sums, vldrwq_s32(form + EK_MVE_LANES)), p->output_zero_point);
}

/* Up to 8 channels of a position. */
EK_KERNEL void ek_depthwise_mve_any_block(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                          const ek_depthwise_mve_any_window_t *window, int32_t c,
                                          const int32_t *stream, int8_t *output)
{
    const mve_pred16_t some = vctp16q((uint32_t)(p->channels - c));
    ek_mve_sums_t sums = ek_depthwise_mve_any_sums(p, window, c, stream, some);
    sums.even = ek_depthwise_mve_any_scaled(p, sums.even, stream + EK_MVE_LANES);
    sums.odd = ek_depthwise_mve_any_scaled(p, sums.odd, stream + EK_MVE_LANES + 4);
    int16x8_t results = ek_mve_join(sums);
    if (p->output_min > INT8_MIN) {
        results = vmaxq_s16(results, vdupq_n_s16((int16_t)p->output_min));
    }
    if (p->output_max < INT8_MAX) {
        results = vminq_s16(results, vdupq_n_s16((int16_t)p->output_max));
    }
    vstrbq_p_s16(output + c, results, some);
}

#else

EK_KERNEL void ek_depthwise_mve_any_block(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                          const ek_depthwise_mve_any_window_t *window, int32_t c,
                                          const int32_t *stream, int8_t *output)
{
    const int8_t *weights = (const int8_t *)(stream + ek_depthwise_mve_any_form(p));
    for (int32_t i = 0; i < EK_MVE_LANES && c + i < p->channels; i++) {
        int32_t sum = 0;
        for (int32_t k = 0; k < p->kernel_h * p->kernel_w; k++) {
            const int8_t *at =
                ek_depthwise_mve_any_tap(p, window, k / p->kernel_w, k % p->kernel_w);
            sum += (at != NULL ? at[c + i] : p->input_zero_point) * weights[k * EK_MVE_LANES + i];
        }
        output[c + i] = ek_mve_requantize(sum, stream, EK_MVE_LANES, i % 2 * 4 + i / 2, p->mode,
                                          p->output_zero_point, p->output_min, p->output_max);
    }
}

#endif

/* One position, all channels. */
EK_KERNEL void ek_depthwise_mve_any_pixel(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                          const ek_depthwise_mve_any_window_t *window,
                                          int8_t *output)
{
    const int32_t *stream = p->stream;
    for (int32_t c = 0; c < p->channels; c += EK_MVE_LANES) {
        ek_depthwise_mve_any_block(p, window, c, stream, output);
        stream += ek_depthwise_mve_any_words(p);
    }
}

EK_KERNEL void ek_depthwise_conv_2d_s8_mve_any(const ek_depthwise_conv_2d_s8_mve_any_params_t *p,
                                               const int8_t *input, int8_t *output)
{
    const int32_t reach_h = (p->kernel_h - 1) * p->dilation_h;
    const int32_t reach_w = (p->kernel_w - 1) * p->dilation_w;
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t i = 0; i < p->output_h * p->output_w; i++) {
            ek_depthwise_mve_any_window_t window;
            window.input = input;
            window.y = i / p->output_w * p->stride_h - p->pad_h;
            window.x = i % p->output_w * p->stride_w - p->pad_w;
            if (window.y >= 0 && window.y + reach_h < p->input_h && window.x >= 0 &&
                window.x + reach_w < p->input_w) {
                window.inside = true;
                ek_depthwise_mve_any_pixel(p, &window, output);
            } else {
                window.inside = false;
                ek_depthwise_mve_any_pixel(p, &window, output);
            }
            output += p->channels;
        }
        input += p->input_h * p->input_w * p->channels;
    }
}

#endif
