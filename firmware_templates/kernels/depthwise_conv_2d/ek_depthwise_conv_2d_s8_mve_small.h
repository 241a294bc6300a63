/* SPDX-License-Identifier: Apache-2.0 */
/* int8 depthwise convolution for cores with MVE, made for little flash: one body of code for all
 * layers of a model, with parameters in as few bytes as they need.
 *
 * Any window, stride, dilation and padding; one position and 8 channels at a time. Taps outside
 * of the input count as its zero point, which the bias has for all taps.
 *
 * The stream, per 8 channels: (bias << 8) + shift of each, then multipliers, those with even
 * numbers before the others; the weights, tap by tap, 8 bytes each. The form is that of
 * EK_MVE_SIGNED (ek_mve.h), which serves EK_MVE_RELU, too: what is negative is clamped. */
#ifndef EK_DEPTHWISE_CONV_2D_S8_MVE_SMALL_H
#define EK_DEPTHWISE_CONV_2D_S8_MVE_SMALL_H

#include "ek_mve_window.h"

typedef struct {
    uint16_t batches;
    uint16_t input_h, input_w, channels;
    uint16_t output_h, output_w;
    uint8_t kernel_h, kernel_w;
    uint8_t stride_h, stride_w;
    uint8_t dilation_h, dilation_w;
    uint8_t pad_h, pad_w; /* before the first row and column */
    int8_t input_zero_point, output_zero_point;
    int8_t output_min, output_max;
    const int32_t *stream; /* forms and weights */
} ek_depthwise_conv_2d_s8_mve_small_params_t;

enum { EK_DEPTHWISE_MVE_SMALL_FORM = 2 * EK_MVE_LANES };

#if EK_MVE

/* Four sums without their biases as numbers of the output. */
static inline int32x4_t
ek_depthwise_mve_small_scaled(const ek_depthwise_conv_2d_s8_mve_small_params_t *p, int32x4_t sums,
                              const int32_t *form)
{
    const int32x4_t first = vldrwq_s32(form);
    const int32x4_t shifts = vshrq_n_s32(vshlq_n_s32(first, 24), 24);
    sums = vaddq_s32(sums, vshrq_n_s32(first, 8));
    sums = vqrdmulhq_s32(sums, vldrwq_s32(form + EK_MVE_LANES));
    sums = vaddq_s32(sums, vshrq_n_s32(sums, 31));
    return vqaddq_n_s32(vrshlq_s32(sums, shifts), p->output_zero_point);
}

/* Up to 8 channels, from `c` on, of the window whose first element is at (y, x). */
static inline void ek_depthwise_mve_small_block(const ek_depthwise_conv_2d_s8_mve_small_params_t *p,
                                                const int8_t *image, int32_t y, int32_t x,
                                                int32_t c, const int32_t *stream, int8_t *output)
{
    const mve_pred16_t some = vctp16q((uint32_t)(p->channels - c));
    const int8_t *weights = (const int8_t *)(stream + EK_DEPTHWISE_MVE_SMALL_FORM);
    const int16x8_t outside = vdupq_n_s16(p->input_zero_point);
    const int32_t dilation = p->dilation_w;
    const int32_t step = dilation * p->channels;
    const int32_t end = x + p->kernel_w * dilation;
    ek_mve_sums_t sums = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (int32_t ky = p->kernel_h; ky > 0; ky--) {
        const int8_t *at = image + (y * p->input_w + x) * p->channels + c;
        /* Of a row outside no column is inside. */
        const uint32_t width = (uint32_t)y < p->input_h ? p->input_w : 0;
        for (int32_t column = x; column != end; column += dilation) {
            int16x8_t values = outside;
            if ((uint32_t)column < width) {
                values = vldrbq_z_s16(at, some);
            }
            values = vmulq_s16(values, vldrbq_s16(weights));
            sums.even = vaddq_s32(sums.even, vmovlbq_s16(values));
            sums.odd = vaddq_s32(sums.odd, vmovltq_s16(values));
            weights += EK_MVE_LANES;
            at += step;
        }
        y += p->dilation_h;
    }
    sums.even = ek_depthwise_mve_small_scaled(p, sums.even, stream);
    sums.odd = ek_depthwise_mve_small_scaled(p, sums.odd, stream + 4);
    const int16x8_t results = vmaxq_s16(ek_mve_join(sums), vdupq_n_s16(p->output_min));
    vstrbq_p_s16(output + c, vminq_s16(results, vdupq_n_s16(p->output_max)), some);
}

#else

static inline void ek_depthwise_mve_small_block(const ek_depthwise_conv_2d_s8_mve_small_params_t *p,
                                                const int8_t *image, int32_t y, int32_t x,
                                                int32_t c, const int32_t *stream, int8_t *output)
{
    for (int32_t i = 0; i < EK_MVE_LANES && c + i < p->channels; i++) {
        const int8_t *weights = (const int8_t *)(stream + EK_DEPTHWISE_MVE_SMALL_FORM) + i;
        int32_t sum = 0;
        for (int32_t k = 0; k < p->kernel_h * p->kernel_w; k++) {
            const int32_t row = y + k / p->kernel_w * p->dilation_h;
            const int32_t column = x + k % p->kernel_w * p->dilation_w;
            const bool inside = row >= 0 && row < p->input_h && column >= 0 && column < p->input_w;
            const int32_t value = inside ? image[(row * p->input_w + column) * p->channels + c + i]
                                         : p->input_zero_point;
            sum += value * weights[k * EK_MVE_LANES];
        }
        const int32_t *const own = stream + (i % 2 * 4 + i / 2);
        const int32_t form[] = {own[0] >> 8, own[EK_MVE_LANES], (int8_t)own[0]};
        output[c + i] = ek_mve_requantize(sum, form, 1, 0, EK_MVE_SIGNED, p->output_zero_point,
                                          p->output_min, p->output_max);
    }
}

#endif

static __attribute__((noinline)) void
ek_depthwise_mve_small_run(const ek_depthwise_conv_2d_s8_mve_small_params_t *p, const int8_t *input,
                           int8_t *output)
{
    const int32_t words = EK_DEPTHWISE_MVE_SMALL_FORM + p->kernel_h * p->kernel_w * 2;
    for (int32_t i = 0; i < p->batches * p->output_h; i++) {
        const int8_t *const image =
            input + i / p->output_h * (p->input_h * p->input_w * p->channels);
        const int32_t y = i % p->output_h * p->stride_h - p->pad_h;
        for (int32_t column = 0; column < p->output_w; column++) {
            const int32_t *stream = p->stream;
            for (int32_t c = 0; c < p->channels; c += EK_MVE_LANES) {
                ek_depthwise_mve_small_block(p, image, y, column * p->stride_w - p->pad_w, c,
                                             stream, output);
                stream += words;
            }
            output += p->channels;
        }
    }
}

EK_KERNEL void
ek_depthwise_conv_2d_s8_mve_small(const ek_depthwise_conv_2d_s8_mve_small_params_t *p,
                                  const int8_t *input, int8_t *output)
{
    /* The compiler must not make a copy of the body for these parameters. */
    __asm__("" : "+r"(p));
    ek_depthwise_mve_small_run(p, input, output);
}

#endif
