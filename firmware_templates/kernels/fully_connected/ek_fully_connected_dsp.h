/* SPDX-License-Identifier: Apache-2.0 */
/* int8 fully connected layer for cores with the DSP extension: 4 units at a time.
 *
 * A row is widened into scratch once, or, in less memory, again for every four units; words per
 * four taps k0..k3: (k0 k2) (k1 k3). The stream, per four units a, b, c and d:
 *     16-bit weights: their biases, per eight taps four words of each unit, their forms
 *     8-bit weights: bias a + 256 bias b, bias a, the same of c and d, per eight taps four words
 *         of a + 256 b, then of c + 256 d, their forms
 * One form for all units stands in front of the first block, in four words, and nowhere else.
 * ek_conv_2d_dsp_w8.h tells how two sums come out of one halfword; both kernels' forms and
 * steps are the convolution's. 14 registers are all in use, so the rest is on the stack. */
#ifndef EK_FULLY_CONNECTED_DSP_H
#define EK_FULLY_CONNECTED_DSP_H

#include "ek_dsp_sum.h"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t output_min, output_max;
    int32_t exponent;            /* of all units, or 0 where each has its own */
    bool shared;                 /* one form for all units, ahead of the first block */
    int32_t groups;              /* of eight taps, the last one filled up with weights of 0 */
    int32_t head, unroll, loops; /* `head` groups, then `loops` times `unroll` groups */
    bool apart;                  /* the loop is a function that layers share; `head` is 0 */
    const int32_t *stream;
} ek_fully_connected_dsp_params_t;

/* A row's results as a block writes them. */
static inline int32_t ek_fully_connected_dsp_stride(const ek_fully_connected_dsp_params_t *p)
{
    return (p->units + 3) & ~3;
}

/* What a row is computed from: weights in 16 or in 8 bits, taps that were widened before; or
 * weights in 8 bits and the input's own bytes, whose rows are of a multiple of eight. */
enum { EK_FC_W16 = 0, EK_FC_W8 = 1, EK_FC_W8_BYTES = 2 };

/* Words of what is read per eight taps. */
static inline int32_t ek_fully_connected_dsp_taps(int32_t form)
{
    return form == EK_FC_W8_BYTES ? 2 : 4;
}

#if EK_DSP

#define EK_FC_W16_UNIT(sum)                                                                        \
    "ldm r1!, {r6-r9}\n"                                                                           \
    "smlad " #sum ", r6, r2, " #sum "\n smlad " #sum ", r7, r3, " #sum "\n"                        \
    "smlad " #sum ", r8, r4, " #sum "\n smlad " #sum ", r9, r5, " #sum "\n"

#define EK_FC_W16_STEP                                                                             \
    "ldm r0!, {r2-r5}\n" EK_FC_W16_UNIT(r10) EK_FC_W16_UNIT(r11) EK_FC_W16_UNIT(r12)               \
        EK_FC_W16_UNIT(lr)

#define EK_FC_W8_WORD(w, x, both, one)                                                             \
    "smlad " #both ", " #w ", " #x ", " #both "\n"                                                 \
    "sxtb16 " #w ", " #w "\n"                                                                      \
    "smlad " #one ", " #w ", " #x ", " #one "\n"

#define EK_FC_W8_UNITS(both, one)                                                                  \
    "ldm r1!, {r6-r9}\n" EK_FC_W8_WORD(r6, r2, both, one) EK_FC_W8_WORD(r7, r3, both, one)         \
        EK_FC_W8_WORD(r8, r4, both, one) EK_FC_W8_WORD(r9, r5, both, one)

#define EK_FC_W8_TAPS                                                                              \
    ".if %c[packed] == 2\n"                                                                        \
    "ldm r0!, {r2, r4}\n"                                                                          \
    "sxtb16 r3, r2, ror #8\n sxtb16 r2, r2\n sxtb16 r5, r4, ror #8\n sxtb16 r4, r4\n"              \
    ".else\n"                                                                                      \
    "ldm r0!, {r2-r5}\n"                                                                           \
    ".endif\n"

#define EK_FC_W8_STEP EK_FC_W8_TAPS EK_FC_W8_UNITS(r10, r11) EK_FC_W8_UNITS(r12, lr)

/* The steps, with the taps' end at sp + 12. */
#define EK_FC_STEPS(step)                                                                          \
    "ldm r1!, {r10, r11, r12, lr}\n"                                                               \
    ".rept %c[head]\n" step ".endr\n"                                                              \
    ".if %c[loops] > 0\n"                                                                          \
    "2:\n"                                                                                         \
    ".rept %c[unroll]\n" step ".endr\n"                                                            \
    ".if %c[loops] > 1\n ldr r9, [sp, #12]\n cmp r0, r9\n bne.w 2b\n .endif\n"                     \
    ".endif\n"

/* clang-format off */
/* Sums in a, b, c and d to int8; a shared form's place is at sp + 16. */
#define EK_FC_FORMS(a, b, c, d)                                                                    \
    ".if %c[shared]\n ldr r2, [sp, #16]\n ldm r2, {r2-r5}\n .endif\n"                              \
    ".if %c[shared] && %c[exponent] > 0\n"                                                         \
    EK_DSP_LINEAR(a, r2, r3) EK_DSP_LINEAR(b, r2, r3)                                              \
    EK_DSP_LINEAR(c, r2, r3) EK_DSP_LINEAR(d, r2, r3)                                              \
    ".endif\n"                                                                                     \
    ".if %c[shared] && %c[exponent] == 0\n"                                                        \
    EK_DSP_GENERAL(a) EK_DSP_GENERAL(b) EK_DSP_GENERAL(c) EK_DSP_GENERAL(d)                        \
    ".endif\n"                                                                                     \
    ".if !%c[shared] && %c[exponent] > 0\n"                                                        \
    "ldm r1!, {r2-r9}\n"                                                                           \
    EK_DSP_LINEAR(a, r2, r3) EK_DSP_LINEAR(b, r4, r5)                                              \
    EK_DSP_LINEAR(c, r6, r7) EK_DSP_LINEAR(d, r8, r9)                                              \
    ".endif\n"                                                                                     \
    ".if !%c[shared] && %c[exponent] == 0\n"                                                       \
    "ldm r1!, {r2-r5}\n" EK_DSP_GENERAL(a) "ldm r1!, {r2-r5}\n" EK_DSP_GENERAL(b)                  \
    "ldm r1!, {r2-r5}\n" EK_DSP_GENERAL(c) "ldm r1!, {r2-r5}\n" EK_DSP_GENERAL(d)                  \
    ".endif\n"
/* clang-format on */

/* Results in a, b, c and d to the output, whose pointer and end are at sp + 4. */
#define EK_FC_STORE(a, b, c, d)                                                                    \
    "ldrd r2, r3, [sp, #4]\n"                                                                      \
    "strb " #a ", [r2], #1\n strb " #b ", [r2], #1\n"                                              \
    "strb " #c ", [r2], #1\n strb " #d ", [r2], #1\n"                                              \
    "str r2, [sp, #4]\n"                                                                           \
    "ldr r0, [sp]\n"                                                                               \
    "cmp r2, r3\n"                                                                                 \
    "bne.w 1b\n"

/* Sum to int8 with the exponent in r6. */
#define EK_FC_SHIFTED(x, multiplier, addend)                                                       \
    "smmla " #x ", " #x ", " #multiplier ", " #addend "\n"                                         \
    "asr " #x ", " #x ", r6\n ssat " #x ", #8, " #x "\n" EK_DSP_CLAMP(x)

/* clang-format off */
/* EK_FC_FORMS with the exponent at sp + 20. */
#define EK_FC_APART_FORMS(a, b, c, d)                                                              \
    ".if %c[linear] && %c[shared]\n"                                                               \
    "ldr r6, [sp, #20]\n ldr r2, [sp, #16]\n ldm r2, {r2-r5}\n"                                    \
    EK_FC_SHIFTED(a, r2, r3) EK_FC_SHIFTED(b, r2, r3)                                              \
    EK_FC_SHIFTED(c, r2, r3) EK_FC_SHIFTED(d, r2, r3)                                              \
    ".endif\n"                                                                                     \
    ".if %c[linear] && !%c[shared]\n"                                                              \
    "ldr r6, [sp, #20]\n ldm r1!, {r2-r5}\n"                                                       \
    EK_FC_SHIFTED(a, r2, r3) EK_FC_SHIFTED(b, r4, r5)                                              \
    "ldm r1!, {r2-r5}\n"                                                                           \
    EK_FC_SHIFTED(c, r2, r3) EK_FC_SHIFTED(d, r4, r5)                                              \
    ".endif\n"                                                                                     \
    ".if !%c[linear]\n"                                                                            \
    EK_FC_FORMS(a, b, c, d)                                                                        \
    ".endif\n"

#define EK_FC_APART_NAME                                                                           \
    "ek_fully_connected_dsp_%c[packed]_%c[unroll]_%c[linear]_%c[shared]_%c[from]_%c[to]"

typedef void (*ek_fully_connected_dsp_row_t)(const int32_t *taps, const int32_t *stream,
                                             int8_t *output, const int8_t *output_end,
                                             const int32_t *taps_end, const int32_t *form,
                                             int32_t exponent);

/* The row's function, written where it is first asked for, into a section and under a name of its
 * own. */
EK_KERNEL ek_fully_connected_dsp_row_t
ek_fully_connected_dsp_apart(const ek_fully_connected_dsp_params_t *p, int32_t form)
{
    uintptr_t function;
    __asm__(
        ".ifndef " EK_FC_APART_NAME "\n"
        ".pushsection .text." EK_FC_APART_NAME ", \"ax\", %%progbits\n"
        ".p2align 2\n"
        ".thumb_func\n"
        ".type " EK_FC_APART_NAME ", %%function\n"
        EK_FC_APART_NAME ":\n"
        "push {r4-r11, lr}\n"
        "ldrd r4, r5, [sp, #36]\n ldr r6, [sp, #44]\n"
        "push {r0, r2, r3, r4, r5, r6}\n"
        "1:\n"
        ".if %c[packed]\n"
        EK_FC_STEPS(EK_FC_W8_STEP)
        "sub r10, r10, r11\n lsl r11, r11, #8\n"
        "sub r12, r12, lr\n lsl lr, lr, #8\n"
        EK_FC_APART_FORMS(r11, r10, lr, r12)
        EK_FC_STORE(r11, r10, lr, r12)
        ".else\n"
        EK_FC_STEPS(EK_FC_W16_STEP)
        EK_FC_APART_FORMS(r10, r11, r12, lr)
        EK_FC_STORE(r10, r11, r12, lr)
        ".endif\n"
        "add sp, sp, #24\n"
        "pop {r4-r11, pc}\n"
        ".size " EK_FC_APART_NAME ", . - " EK_FC_APART_NAME "\n"
        ".popsection\n"
        ".endif\n"
        "movw %[function], #:lower16:" EK_FC_APART_NAME "\n"
        "movt %[function], #:upper16:" EK_FC_APART_NAME "\n"
        : [function] "=r"(function)
        : [packed] "i"(form), [head] "i"(0), [unroll] "i"(p->unroll), [loops] "i"(2),
          [linear] "i"(p->exponent > 0), [exponent] "i"(0), [shared] "i"(p->shared),
          [low] "i"(p->output_min), [high] "i"(p->output_max), [from] "i"(p->output_min + 128),
          [to] "i"(p->output_max + 128));
    return (ek_fully_connected_dsp_row_t)function;
}
/* clang-format on */

EK_KERNEL void ek_fully_connected_dsp_row(const ek_fully_connected_dsp_params_t *p,
                                          const int32_t *taps, int8_t *output, int32_t form)
{
    const int32_t *const end = taps + p->groups * ek_fully_connected_dsp_taps(form);
    if (p->apart) {
        ek_fully_connected_dsp_apart(p, form)(taps, p->stream + (p->shared ? 4 : 0), output,
                                              output + ek_fully_connected_dsp_stride(p), end,
                                              p->stream, p->exponent);
        return;
    }
    register const int32_t *r0 __asm__("r0") = taps;
    register const int32_t *r1 __asm__("r1") = p->stream + (p->shared ? 4 : 0);
    register int8_t *r2 __asm__("r2") = output;
    register int8_t *r3 __asm__("r3") = output + ek_fully_connected_dsp_stride(p);
    register const int32_t *r4 __asm__("r4") = end;
    register const int32_t *r5 __asm__("r5") = p->stream;
    /* clang-format off */
    __asm__ volatile(
        "push {r0, r2, r3, r4, r5, r7}\n"
        "1:\n"
        ".if %c[packed]\n"
        EK_FC_STEPS(EK_FC_W8_STEP)
        "sub r10, r10, r11\n lsl r11, r11, #8\n"
        "sub r12, r12, lr\n lsl lr, lr, #8\n"
        EK_FC_FORMS(r11, r10, lr, r12)
        EK_FC_STORE(r11, r10, lr, r12)
        ".else\n"
        EK_FC_STEPS(EK_FC_W16_STEP)
        EK_FC_FORMS(r10, r11, r12, lr)
        EK_FC_STORE(r10, r11, r12, lr)
        ".endif\n"
        "pop {r0, r2, r3, r4, r5, r7}\n"
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r5)
        : [packed] "i"(form), [head] "i"(p->head), [unroll] "i"(p->unroll),
          [loops] "i"(p->loops), [exponent] "i"(p->exponent), [shared] "i"(p->shared), [low] "i"(p->output_min),
          [high] "i"(p->output_max)
        : "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    /* clang-format on */
}

#else

/* The sums of four units; `sums` as the stream has their biases. */
EK_KERNEL void ek_fully_connected_dsp_add(const int32_t *taps, const int32_t *weights,
                                          int32_t *sums, bool packed)
{
    for (int32_t i = 0; i < 4; i++) {
        for (int32_t unit = 0; unit < 4; unit++) {
            const int32_t word = weights[(packed ? unit / 2 : unit) * 4 + i];
            const bool low = packed && unit % 2 == 1;
            sums[unit] = ek_dsp_dual(low ? ek_dsp_low_bytes(word) : word, taps[i], sums[unit]);
        }
    }
}

EK_KERNEL void ek_fully_connected_dsp_row(const ek_fully_connected_dsp_params_t *p,
                                          const int32_t *taps, int8_t *output, int32_t form)
{
    const bool packed = form != EK_FC_W16;
    const int32_t *stream = p->stream + (p->shared ? 4 : 0);
    for (int32_t unit = 0; unit < p->units; unit += 4) {
        int32_t sums[4] = {stream[0], stream[1], stream[2], stream[3]};
        stream += 4;
        for (int32_t g = 0; g < p->groups; g++) {
            const int32_t *const step = taps + g * ek_fully_connected_dsp_taps(form);
            int32_t wide[4];
            if (form == EK_FC_W8_BYTES) {
                ek_dsp_widen((const int8_t *)step, wide, wide + 1);
                ek_dsp_widen((const int8_t *)(step + 1), wide + 2, wide + 3);
            }
            ek_fully_connected_dsp_add(form == EK_FC_W8_BYTES ? wide : step, stream, sums, packed);
            stream += packed ? 8 : 16;
        }
        for (int32_t i = 0; i < 4; i++) {
            const uint32_t one = (uint32_t)sums[i | 1];
            const uint32_t other = (uint32_t)sums[i & ~1] - one;
            const int32_t halves = (int32_t)(i % 2 == 0 ? one << 8 : other);
            output[unit + i] =
                ek_dsp_requantize(packed ? halves : sums[i], p->shared ? p->stream : stream,
                                  p->exponent, p->output_min, p->output_max);
            stream += p->shared ? 0 : ek_dsp_form_words(p->exponent);
        }
    }
}

#endif

/* A row's taps as 16-bit numbers: forwards, as the row may lie in the upper part of the taps. */
EK_KERNEL void ek_fully_connected_dsp_widen(const ek_fully_connected_dsp_params_t *p,
                                            const int8_t *row, int32_t *taps)
{
    const int8_t *const end = row + p->depth / 4 * 4;
#pragma GCC unroll 4
    while (row != end) {
        ek_dsp_widen(row, taps, taps + 1);
        row += 4;
        taps += 2;
    }
    if (p->depth % 4 > 0) {
        int8_t last[4] = {0, 0, 0, 0};
        for (int32_t i = 0; i < p->depth % 4; i++) {
            last[i] = row[i];
        }
        ek_dsp_widen(last, taps, taps + 1);
        taps += 2;
    }
    if ((p->depth + 3) / 4 % 2 == 1) {
        taps[0] = 0;
        taps[1] = 0;
    }
}

EK_KERNEL void ek_fully_connected_dsp(const ek_fully_connected_dsp_params_t *p, const int8_t *input,
                                      int8_t *output, void *scratch, int32_t form)
{
    int32_t *const taps = (int32_t *)scratch;
    int8_t *const results = (int8_t *)(taps + (form == EK_FC_W8_BYTES ? 0 : p->groups * 4));
    const bool direct = p->units % 4 == 0;
    for (int32_t row = 0; row < p->rows; row++) {
        if (form == EK_FC_W8_BYTES) {
            ek_fully_connected_dsp_row(p, (const int32_t *)(const void *)input,
                                       direct ? output : results, form);
        } else {
            ek_fully_connected_dsp_widen(p, input, taps);
            ek_fully_connected_dsp_row(p, taps, direct ? output : results, form);
        }
        for (int32_t i = 0; !direct && i < p->units; i++) {
            output[i] = results[i];
        }
        input += p->depth;
        output += p->units;
    }
}

#endif
