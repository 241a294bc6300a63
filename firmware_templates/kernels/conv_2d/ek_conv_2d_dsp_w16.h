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

/* clang-format off */
/* All taps of two channels, to int8: position p's in r10 and r11, q's in r12 and lr. */
#define EK_W16_CHANNELS \
    "1:\n" \
    "ldrd r10, r11, [r1], #8\n" \
    "ldm r0!, {r2-r5}\n ldm r1!, {r6-r9}\n" \
    "smlad r12, r4, r6, r10\n smlad lr, r4, r8, r11\n" \
    "smlad r10, r2, r6, r10\n smlad r11, r2, r8, r11\n" \
    "smlad r12, r5, r7, r12\n smlad lr, r5, r9, lr\n" \
    "smlad r10, r3, r7, r10\n smlad r11, r3, r9, r11\n" \
    ".rept %c[head]\n" EK_W16_STEP ".endr\n" \
    ".if %c[loops] > 0\n" \
    "2:\n" \
    ".rept %c[unroll]\n" EK_W16_STEP ".endr\n" \
    ".if %c[loops] > 1\n ldr r9, [sp, #12]\n cmp r0, r9\n bne.w 2b\n .endif\n" \
    ".endif\n" \
    ".if %c[exponent] > 0\n" \
    "ldm r1!, {r2-r5}\n" \
    EK_DSP_LINEAR(r10, r2, r3) EK_DSP_LINEAR(r11, r4, r5) \
    EK_DSP_LINEAR(r12, r2, r3) EK_DSP_LINEAR(lr, r4, r5) \
    ".else\n" \
    "ldm r1!, {r2-r5}\n" \
    EK_DSP_GENERAL(r10) EK_DSP_GENERAL(r12) \
    "ldm r1!, {r2-r5}\n" \
    EK_DSP_GENERAL(r11) EK_DSP_GENERAL(lr) \
    ".endif\n"

/* The results to NHWC. */
#define EK_W16_STORE \
    "ldrd r2, r3, [sp, #4]\n" \
    "strb r12, [r2, #%c[stride]]\n strb lr, [r2, #%c[stride] + 1]\n" \
    "strb r10, [r2], #1\n strb r11, [r2], #1\n"

/* The results to pairs of columns; r5 of the call: from position p to q. */
#define EK_W16_STORE_PAIRS \
    "ldrd r2, r3, [sp, #4]\n" \
    "ldr r4, [sp, #16]\n" \
    "strh r12, [r2, r4]\n" EK_CONV_2D_DSP_PUT_PAIR(r10) \
    "strh lr, [r2, r4]\n" EK_CONV_2D_DSP_PUT_PAIR(r11)

/* The next two channels. */
#define EK_W16_NEXT \
    "str r2, [sp, #4]\n" \
    "ldr r0, [sp]\n" \
    "cmp r2, r3\n" \
    "bne.w 1b\n"

#define EK_W16_CONSTANTS \
    [head] "i"(p->head), [unroll] "i"(p->unroll), [loops] "i"(p->loops), \
        [exponent] "i"(p->exponent), [low] "i"(p->output_min), [high] "i"(p->output_max)
/* clang-format on */

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
        EK_W16_CHANNELS EK_W16_STORE EK_W16_NEXT
        "pop {r0, r2, r3, r4, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4)
        : EK_W16_CONSTANTS, [stride] "i"(ek_conv_2d_dsp_stride(p))
        : "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

/* The same, to pairs of columns: position p's in channel 0 at `output`, q's so many bytes from
 * there. */
EK_KERNEL void ek_conv_2d_dsp_w16_pairs(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                        int8_t *output, const int32_t *others)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + p->output_c * ek_conv_2d_dsp_plane(p);
    register const int32_t *r4 __asm__("r4") = taps + p->groups * 4;
    register int32_t r5 __asm__("r5") = others[0];
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r5, r7}\n"
        EK_W16_CHANNELS EK_W16_STORE_PAIRS EK_W16_NEXT
        "pop {r0, r2, r3, r4, r5, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r5)
        : EK_W16_CONSTANTS, [plane] "i"(ek_conv_2d_dsp_plane(p))
        : "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

/* Two channels of position `k`: the results, and what is behind them in the stream. */
static inline const int32_t *ek_conv_2d_dsp_w16_two(const ek_conv_2d_dsp_params_t *p,
                                                    const int32_t *taps, const int32_t *stream,
                                                    int32_t k, int8_t *results)
{
    const int32_t words = ek_dsp_form_words(p->exponent);
    const int32_t *const weights = stream + 2;
    const int32_t *const forms = weights + p->groups * 4;
    for (int32_t channel = 0; channel < 2; channel++) {
        int32_t sum = stream[channel];
        for (int32_t g = 0; g < p->groups * 4; g += 4) {
            const int32_t *const x = taps + g + k * 2;
            const int32_t *const w = weights + g + channel * 2;
            sum = ek_dsp_dual(x[1], w[1], ek_dsp_dual(x[0], w[0], sum));
        }
        results[channel] = ek_dsp_requantize(sum, forms + channel * words, p->exponent,
                                             p->output_min, p->output_max);
    }
    return forms + 2 * words;
}

EK_KERNEL void ek_conv_2d_dsp_w16(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                  int8_t *output, int32_t channels)
{
    for (int32_t k = 0; k < 2; k++) {
        const int32_t *stream = p->stream;
        int8_t *const out = output + k * ek_conv_2d_dsp_stride(p);
        for (int32_t c = 0; c < channels; c += 2) {
            stream = ek_conv_2d_dsp_w16_two(p, taps, stream, k, out + c);
        }
    }
}

EK_KERNEL void ek_conv_2d_dsp_w16_pairs(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                        int8_t *output, const int32_t *others)
{
    for (int32_t k = 0; k < 2; k++) {
        const int32_t *stream = p->stream;
        int8_t *out = output + (k > 0 ? others[k - 1] : 0);
        for (int32_t c = 0; c < p->output_c; c += 2) {
            int8_t results[2];
            stream = ek_conv_2d_dsp_w16_two(p, taps, stream, k, results);
            ek_column_pairs_put(out, results[0]);
            ek_column_pairs_put(out + ek_conv_2d_dsp_plane(p), results[1]);
            out += 2 * ek_conv_2d_dsp_plane(p);
        }
    }
}

#endif

#endif
