/* SPDX-License-Identifier: Apache-2.0 */
/* A block of a convolution with 8-bit weights: 3 positions x all channels, 2 at a time.
 *
 * A halfword of the stream holds a tap's weights of two channels as the number c + 256 d. Its
 * products accumulate C + 256 D; those of its sign-extended low byte accumulate C. Their
 * difference is 256 D, exactly, and C << 8 is scaled as much: the forms expect sums times 256.
 * So one SXTB16 serves four weights, which stay a byte each.
 *
 * Words of the widened activations, per four taps k0..k3 of positions p, q and r:
 *     p(k0 k2) q(k0 k2) r(k0 k2) p(k1 k3) q(k1 k3) r(k1 k3)
 * The stream, per pair of channels:
 *     bias c + 256 bias d, bias c, per four taps [(k0 k2) (k1 k3)], form c, form d */
#ifndef EK_CONV_2D_DSP_W8_H
#define EK_CONV_2D_DSP_W8_H

#include "ek_conv_2d_dsp_params.h"

#if EK_DSP

/* One word of weights: two taps of two channels. */
#define EK_W8_PAIR(w)                                                                              \
    "ldm r0!, {r2-r4}\n"                                                                           \
    "smlad r8, " #w ", r2, r8\n smlad r9, " #w ", r3, r9\n smlad r10, " #w ", r4, r10\n"           \
    "sxtb16 " #w ", " #w "\n"                                                                      \
    "smlad r11, " #w ", r2, r11\n smlad r12, " #w ", r3, r12\n smlad lr, " #w ", r4, lr\n"

#define EK_W8_STEP "ldm r1!, {r5-r7}\n" EK_W8_PAIR(r5) EK_W8_PAIR(r6) EK_W8_PAIR(r7)

/* clang-format off */
/* Sums to int8: c in r11, r12 and lr, d in r8 to r10. */
#define EK_W8_RESULTS                                                                              \
    "sub r8, r8, r11\n sub r9, r9, r12\n sub r10, r10, lr\n"                                       \
    "lsl r11, r11, #8\n lsl r12, r12, #8\n lsl lr, lr, #8\n"                                       \
    ".if %c[exponent] > 0\n"                                                                       \
    "ldm r1!, {r2-r5}\n"                                                                           \
    EK_DSP_LINEAR(r11, r2, r3) EK_DSP_LINEAR(r12, r2, r3) EK_DSP_LINEAR(lr, r2, r3)                \
    EK_DSP_LINEAR(r8, r4, r5) EK_DSP_LINEAR(r9, r4, r5) EK_DSP_LINEAR(r10, r4, r5)                 \
    ".else\n"                                                                                      \
    "ldm r1!, {r2-r5}\n"                                                                           \
    EK_DSP_GENERAL(r11) EK_DSP_GENERAL(r12) EK_DSP_GENERAL(lr)                                     \
    "ldm r1!, {r2-r5}\n"                                                                           \
    EK_DSP_GENERAL(r8) EK_DSP_GENERAL(r9) EK_DSP_GENERAL(r10)                                      \
    ".endif\n"

/* All taps of two channels, to int8. */
#define EK_W8_CHANNELS \
    "1:\n" \
    "ldrd r8, r11, [r1], #8\n" \
    "ldm r0!, {r2-r4}\n" \
    ".if %c[first] == 1\n ldr r5, [r1], #4\n .endif\n" \
    ".if %c[first] == 2\n ldm r1!, {r5-r6}\n .endif\n" \
    ".if %c[first] == 3\n ldm r1!, {r5-r7}\n .endif\n" \
    "smlad r9, r5, r3, r8\n smlad r10, r5, r4, r8\n smlad r8, r5, r2, r8\n" \
    "sxtb16 r5, r5\n" \
    "smlad r12, r5, r3, r11\n smlad lr, r5, r4, r11\n smlad r11, r5, r2, r11\n" \
    ".if %c[first] > 1\n" EK_W8_PAIR(r6) ".endif\n" \
    ".if %c[first] > 2\n" EK_W8_PAIR(r7) ".endif\n" \
    ".rept %c[head]\n" EK_W8_STEP ".endr\n" \
    ".if %c[loops] > 0\n" \
    "2:\n" \
    ".rept %c[unroll]\n" EK_W8_STEP ".endr\n" \
    ".if %c[loops] > 1\n ldr r7, [sp, #12]\n cmp r0, r7\n bne.w 2b\n .endif\n" \
    ".endif\n" \
    EK_W8_RESULTS

/* The results to NHWC. */
#define EK_W8_STORE \
    "ldrd r2, r3, [sp, #4]\n" \
    "strb r12, [r2, #%c[stride]]\n strb r9, [r2, #%c[stride] + 1]\n" \
    "strb lr, [r2, #2 * %c[stride]]\n strb r10, [r2, #2 * %c[stride] + 1]\n" \
    "strb r11, [r2], #1\n strb r8, [r2], #1\n"

/* The results to pairs of columns; r5, r6 of the call: from position p to q, and to r. */
#define EK_W8_STORE_PAIRS \
    "ldrd r2, r3, [sp, #4]\n" \
    "ldrd r4, r5, [sp, #16]\n" \
    "strh r12, [r2, r4]\n strh lr, [r2, r5]\n" EK_CONV_2D_DSP_PUT_PAIR(r11) \
    "strh r9, [r2, r4]\n strh r10, [r2, r5]\n" EK_CONV_2D_DSP_PUT_PAIR(r8)

/* The next two channels. */
#define EK_W8_NEXT \
    "str r2, [sp, #4]\n" \
    "ldr r0, [sp]\n" \
    "cmp r2, r3\n" \
    "bne.w 1b\n"

#define EK_W8_CONSTANTS \
    [first] "i"(p->first), [head] "i"(p->head), [unroll] "i"(p->unroll), [loops] "i"(p->loops), \
        [exponent] "i"(p->exponent), [low] "i"(p->output_min), [high] "i"(p->output_max)
/* clang-format on */

EK_KERNEL void ek_conv_2d_dsp_w8(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                 int8_t *output, int32_t channels)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + channels;
    register const int32_t *r4 __asm__("r4") = taps + p->groups * 6;
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r7}\n"
        EK_W8_CHANNELS EK_W8_STORE EK_W8_NEXT
        "pop {r0, r2, r3, r4, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4)
        : EK_W8_CONSTANTS, [stride] "i"(ek_conv_2d_dsp_stride(p))
        : "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

/* The same, to pairs of columns: position p's in channel 0 at `output`, q's and r's so many bytes
 * from there. */
EK_KERNEL void ek_conv_2d_dsp_w8_pairs(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                       int8_t *output, const int32_t *others)
{
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream;
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + p->output_c * ek_conv_2d_dsp_plane(p);
    register const int32_t *r4 __asm__("r4") = taps + p->groups * 6;
    register int32_t r5 __asm__("r5") = others[0];
    register int32_t r6 __asm__("r6") = others[1];
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r5, r6, r7}\n"
        EK_W8_CHANNELS EK_W8_STORE_PAIRS EK_W8_NEXT
        "pop {r0, r2, r3, r4, r5, r6, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
        : EK_W8_CONSTANTS, [plane] "i"(ek_conv_2d_dsp_plane(p))
        : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

/* Two channels of position `k`: the results, and what is behind them in the stream. */
static inline const int32_t *ek_conv_2d_dsp_w8_two(const ek_conv_2d_dsp_params_t *p,
                                                   const int32_t *taps, const int32_t *stream,
                                                   int32_t k, int8_t *results)
{
    const int32_t *const weights = stream + 2;
    const int32_t *const forms = weights + p->groups * 2;
    const int32_t words = ek_dsp_form_words(p->exponent);
    int32_t both = stream[0];
    int32_t one = stream[1];
    for (int32_t w = 0; w < p->groups * 2; w++) {
        const int32_t x = taps[w * 3 + k];
        both = ek_dsp_dual(weights[w], x, both);
        one = ek_dsp_dual(ek_dsp_low_bytes(weights[w]), x, one);
    }
    results[0] = ek_dsp_requantize((int32_t)((uint32_t)one << 8), forms, p->exponent, p->output_min,
                                   p->output_max);
    results[1] = ek_dsp_requantize((int32_t)((uint32_t)both - (uint32_t)one), forms + words,
                                   p->exponent, p->output_min, p->output_max);
    return forms + 2 * words;
}

EK_KERNEL void ek_conv_2d_dsp_w8(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                 int8_t *output, int32_t channels)
{
    for (int32_t k = 0; k < 3; k++) {
        const int32_t *stream = p->stream;
        int8_t *const out = output + k * ek_conv_2d_dsp_stride(p);
        for (int32_t c = 0; c < channels; c += 2) {
            stream = ek_conv_2d_dsp_w8_two(p, taps, stream, k, out + c);
        }
    }
}

EK_KERNEL void ek_conv_2d_dsp_w8_pairs(const ek_conv_2d_dsp_params_t *p, const int32_t *taps,
                                       int8_t *output, const int32_t *others)
{
    for (int32_t k = 0; k < 3; k++) {
        const int32_t *stream = p->stream;
        int8_t *out = output + (k > 0 ? others[k - 1] : 0);
        for (int32_t c = 0; c < p->output_c; c += 2) {
            int8_t results[2];
            stream = ek_conv_2d_dsp_w8_two(p, taps, stream, k, results);
            ek_column_pairs_put(out, results[0]);
            ek_column_pairs_put(out + ek_conv_2d_dsp_plane(p), results[1]);
            out += 2 * ek_conv_2d_dsp_plane(p);
        }
    }
}

#endif

#endif
