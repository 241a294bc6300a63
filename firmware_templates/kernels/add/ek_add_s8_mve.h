/* SPDX-License-Identifier: Apache-2.0 */
/* int8 addition for cores with MVE: ek_add_s8_linear.h's form, four elements at a time. Loops as in
 * ek_add_s8.h. */
#ifndef EK_ADD_S8_MVE_H
#define EK_ADD_S8_MVE_H

#include "ek_add_s8_linear.h"
#include "ek_mve.h"

typedef ek_add_s8_linear_params_t ek_add_s8_mve_params_t;

#if EK_MVE

/* Whether the shift can be two that round and narrow, with what they add for rounding taken from
 * the addend: (x + 2^15) >> 16, then (y + 2^(e - 17)) >> (e - 16). The forms that do not round are
 * of no use: the GNU assembler, 2.40, takes VQSHRNB for VQRSHRNB. */
static inline bool ek_add_mve_rounds(const ek_add_s8_mve_params_t *p)
{
    const int64_t one = p->input1_factor;
    const int64_t other = p->input2_factor;
    const int64_t addend = p->addend;
    const int64_t largest = 128 * ((one < 0 ? -one : one) + (other < 0 ? -other : other)) +
                            (addend < 0 ? -addend : addend);
    return p->exponent > 16 && p->exponent <= 24 &&
           largest + (1 << (p->exponent - 1)) + (1 << 15) <= INT32_MAX;
}

/* Four elements of `x`. */
#define EK_ADD_MVE_STEP(x, y)                                                                      \
    "vldrb.s32 " #x ", [%[a]], #4\n"                                                               \
    ".if %c[both]\n vldrb.s32 " #y ", [%[b]], #4\n .endif\n"                                       \
    "vmlas.s32 " #x ", q6, %[addend]\n"                                                            \
    ".if %c[both]\n vmla.s32 " #x ", " #y ", %[factor]\n .endif\n"                                 \
    ".if %c[rounds]\n"                                                                             \
    "vqrshrnb.s32 " #x ", " #x ", #16\n vqrshrnb.s16 " #x ", " #x ", #%c[exponent] - 16\n"         \
    ".else\n vshr.s32 " #x ", " #x ", #%c[exponent]\n"                                             \
    "vqmovnb.s32 " #x ", " #x "\n vqmovnb.s16 " #x ", " #x "\n .endif\n"                           \
    ".if %c[low] > -128\n vmax.s8 " #x ", " #x ", q4\n .endif\n"                                   \
    ".if %c[high] < 127\n vmin.s8 " #x ", " #x ", q5\n .endif\n"                                   \
    "vstrb.32 " #x ", [%[output]], #4\n"

/* `size` elements of a, and of b or, if not `both`, nothing: it is in the addend then. */
EK_KERNEL void ek_add_mve_vectors(const ek_add_s8_mve_params_t *p, const int8_t *a, int32_t factor1,
                                  const int8_t *b, int32_t factor2, bool both, int32_t addend,
                                  int8_t *output)
{
    enum { UNROLLED = 32 };
    const bool rounds = ek_add_mve_rounds(p);
    addend -= rounds ? (1 << 15) + (1 << (p->exponent - 1)) : 0;
    register int32x4_t q6 __asm__("q6") = vdupq_n_s32(factor1);
    register int8x16_t q4 __asm__("q4") = vdupq_n_s8((int8_t)p->output_min);
    register int8x16_t q5 __asm__("q5") = vdupq_n_s8((int8_t)p->output_max);
    __asm__ volatile(
        ".if %c[size] >= %c[unrolled]\n"
        "mov lr, #%c[size] / %c[unrolled]\n dls lr, lr\n"
        "1:\n"
        ".rept 4\n" EK_ADD_MVE_STEP(q0, q1)
            EK_ADD_MVE_STEP(q2, q3) ".endr\n"
                                    "le lr, 1b\n .endif\n"
                                    ".if %c[size] %% %c[unrolled]\n"
                                    "mov lr, #%c[size] %% %c[unrolled]\n dlstp.32 lr, lr\n"
                                    "2:\n" EK_ADD_MVE_STEP(q0, q1) "letp lr, 2b\n .endif\n"
        : [a] "+l"(a), [b] "+l"(b), [output] "+l"(output)
        : [addend] "r"(addend), [factor] "r"(factor2), "w"(q6), "w"(q4), "w"(q5),
          [size] "i"(p->size_3), [unrolled] "i"(UNROLLED), [both] "i"(both), [rounds] "i"(rounds),
          [exponent] "i"(p->exponent), [low] "i"(p->output_min), [high] "i"(p->output_max)
        : "lr", "q0", "q1", "q2", "q3", "cc", "memory");
}

/* The innermost loop. An input that repeats one element is a part of the addend. */
EK_KERNEL void ek_add_mve_run(const ek_add_s8_mve_params_t *p, const int8_t *a, const int8_t *b,
                              int8_t *output)
{
    const int32_t one = p->input1_factor;
    const int32_t other = p->input2_factor;
    if (p->step2_3 == 0) {
        ek_add_mve_vectors(p, a, one, b, 0, false, p->addend + *b * other, output);
    } else if (p->step1_3 == 0) {
        ek_add_mve_vectors(p, b, other, a, 0, false, p->addend + *a * one, output);
    } else {
        ek_add_mve_vectors(p, a, one, b, other, true, p->addend, output);
    }
}

#else

EK_KERNEL void ek_add_mve_run(const ek_add_s8_mve_params_t *p, const int8_t *a, const int8_t *b,
                              int8_t *output)
{
    ek_add_s8_linear_run(p, a, b, output);
}

#endif

EK_KERNEL void ek_add_s8_mve(const ek_add_s8_mve_params_t *p, const int8_t *input1,
                             const int8_t *input2, int8_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int8_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int8_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                ek_add_mve_run(p, a, b, output);
                output += p->size_3;
            }
        }
    }
}

#endif
