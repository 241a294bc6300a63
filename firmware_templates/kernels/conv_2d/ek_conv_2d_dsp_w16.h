/* SPDX-License-Identifier: Apache-2.0 */
/* A block of a convolution with 16-bit weights: 2 positions x all channels, 2 at a time.
 *
 * Words of the widened activations, per four taps k0..k3 of positions p and q:
 *     p(k0 k2) p(k1 k3) q(k0 k2) q(k1 k3)
 * The stream, per pair of channels c and d:
 *     bias c, bias d, per four taps [c(k0 k2) c(k1 k3) d(k0 k2) d(k1 k3)], form c, form d
 * Two loads of four words feed eight dual multiplications; 14 registers are all in use, so the
 * output and the ends are kept on the stack. */
#ifndef EK_CONV_2D_DSP_W16_H
#define EK_CONV_2D_DSP_W16_H

#include "ek_conv_2d_dsp_params.h"

#if EK_DSP

#define EK_W16_STEP                                                                                \
    "ldm r0!, {r2-r5}\n ldm r1!, {r6-r9}\n"                                                        \
    "smlad r10, r2, r6, r10\n smlad r11, r2, r8, r11\n"                                            \
    "smlad r12, r4, r6, r12\n smlad lr, r4, r8, lr\n"                                              \
    "smlad r10, r3, r7, r10\n smlad r11, r3, r9, r11\n"                                            \
    "smlad r12, r5, r7, r12\n smlad lr, r5, r9, lr\n"

EK_KERNEL void ek_conv_2d_dsp_w16(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                  int8_t *output, int32_t channels)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + channels;
    register const int32_t *r4 __asm__("r4") = taps + p->groups * 4;
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r7}\n"
        "1:\n"
        "ldrd r10, r11, [r1], #8\n"
        "ldm r0!, {r2-r5}\n ldm r1!, {r6-r9}\n"
        "smlad r12, r4, r6, r10\n smlad lr, r4, r8, r11\n"
        "smlad r10, r2, r6, r10\n smlad r11, r2, r8, r11\n"
        "smlad r12, r5, r7, r12\n smlad lr, r5, r9, lr\n"
        "smlad r10, r3, r7, r10\n smlad r11, r3, r9, r11\n"
        ".rept %c[head]\n" EK_W16_STEP ".endr\n"
        ".if %c[loops] > 0\n"
        "2:\n"
        ".rept %c[unroll]\n" EK_W16_STEP ".endr\n"
        ".if %c[loops] > 1\n ldr r9, [sp, #12]\n cmp r0, r9\n bne.w 2b\n .endif\n"
        ".endif\n"
        ".if %c[exponent] > 0\n"
        "ldm r1!, {r2-r5}\n"
        EK_DSP_LINEAR(r10, r2, r3) EK_DSP_LINEAR(r11, r4, r5)
        EK_DSP_LINEAR(r12, r2, r3) EK_DSP_LINEAR(lr, r4, r5)
        ".else\n"
        "ldm r1!, {r2-r5}\n"
        EK_DSP_GENERAL(r10) EK_DSP_GENERAL(r12)
        "ldm r1!, {r2-r5}\n"
        EK_DSP_GENERAL(r11) EK_DSP_GENERAL(lr)
        ".endif\n"
        "ldrd r2, r3, [sp, #4]\n"
        "strb r12, [r2, #%c[stride]]\n strb lr, [r2, #%c[stride] + 1]\n"
        "strb r10, [r2], #1\n strb r11, [r2], #1\n"
        "str r2, [sp, #4]\n"
        "ldr r0, [sp]\n"
        "cmp r2, r3\n"
        "bne.w 1b\n"
        "pop {r0, r2, r3, r4, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4)
        : [head] "i"(p->head), [unroll] "i"(p->unroll), [loops] "i"(p->loops),
          [exponent] "i"(p->exponent), [low] "i"(p->output_min), [high] "i"(p->output_max),
          [stride] "i"(ek_conv_2d_dsp_stride(p))
        : "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

EK_KERNEL void ek_conv_2d_dsp_w16(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                  int8_t *output, int32_t channels)
{
    const int32_t *stream = p->stream;
    const int32_t words = ek_dsp_form_words(p->exponent);
    for (int32_t c = 0; c < channels; c += 2) {
        const int32_t *weights = stream + 2;
        const int32_t *forms = weights + p->groups * 4;
        for (int32_t i = 0; i < 4; i++) {
            const int32_t channel = i & 1;
            const int32_t position = i >> 1;
            int32_t sum = stream[channel];
            for (int32_t g = 0; g < p->groups * 4; g += 4) {
                const int32_t *x = taps + g + position * 2;
                const int32_t *w = weights + g + channel * 2;
                sum = ek_dsp_dual(x[1], w[1], ek_dsp_dual(x[0], w[0], sum));
            }
            output[position * ek_conv_2d_dsp_stride(p) + c + channel] = ek_dsp_requantize(
                sum, forms + channel * words, p->exponent, p->output_min, p->output_max);
        }
        stream = forms + 2 * words;
    }
}

#endif

#endif
