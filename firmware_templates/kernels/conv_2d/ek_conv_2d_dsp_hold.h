/* SPDX-License-Identifier: Apache-2.0 */
/* A block of a convolution of at most 8 taps, 16-bit weights: 2 positions x all channels.
 *
 * The widened activations, laid out as in ek_conv_2d_dsp_w16.h, stay in eight registers for all
 * channels. The stream, per channel: bias, (k0 k2) (k1 k3) (k4 k6) (k5 k7), multiplier, addend. */
#ifndef EK_CONV_2D_DSP_HOLD_H
#define EK_CONV_2D_DSP_HOLD_H

#include "ek_conv_2d_dsp_params.h"

#if EK_DSP

/* One channel: both positions' sums in r11 and r0, weights and form in r12 and lr. */
#define EK_HOLD_CHANNEL                                                                            \
    "ldm r1!, {r11, r12, lr}\n"                                                                    \
    "smlad r0, r5, r12, r11\n smlad r11, r3, r12, r11\n"                                           \
    "smlad r0, r6, lr, r0\n smlad r11, r4, lr, r11\n"                                              \
    "ldrd r12, lr, [r1], #8\n"                                                                     \
    "smlad r0, r9, r12, r0\n smlad r11, r7, r12, r11\n"                                            \
    "smlad r0, r10, lr, r0\n smlad r11, r8, lr, r11\n"                                             \
    "ldrd r12, lr, [r1], #8\n" EK_DSP_LINEAR(r0, r12, lr)                                          \
        EK_DSP_LINEAR(r11, r12, lr) "strb r0, [r2, #%c[stride]]\n strb r11, [r2], #1\n"

EK_KERNEL void ek_conv_2d_dsp_hold(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                   int8_t *output, int32_t channels)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + channels;
    /* clang-format off */
    __asm__ volatile(
        "push {r3, r7}\n"
        "ldm r0, {r3-r10}\n"
        "1:\n"
        ".rept %c[unroll]\n" EK_HOLD_CHANNEL ".endr\n"
        "ldr r12, [sp]\n"
        "cmp r2, r12\n"
        "bne.w 1b\n"
        "pop {r3, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
        : [unroll] "i"(p->unroll), [exponent] "i"(p->exponent), [low] "i"(p->output_min),
          [high] "i"(p->output_max), [stride] "i"(ek_conv_2d_dsp_stride(p))
        : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

EK_KERNEL void ek_conv_2d_dsp_hold(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                   int8_t *output, int32_t channels)
{
    const int32_t *stream = p->stream;
    for (int32_t c = 0; c < channels; c++) {
        for (int32_t position = 0; position < 2; position++) {
            int32_t sum = stream[0];
            for (int32_t i = 0; i < 4; i++) {
                const int32_t x = taps[(i >> 1) * 4 + position * 2 + (i & 1)];
                sum = ek_dsp_dual(x, stream[1 + i], sum);
            }
            output[position * ek_conv_2d_dsp_stride(p) + c] =
                ek_dsp_requantize(sum, stream + 5, p->exponent, p->output_min, p->output_max);
        }
        stream += 7;
    }
}

#endif

#endif
