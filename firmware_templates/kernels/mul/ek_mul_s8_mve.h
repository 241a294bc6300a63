/* SPDX-License-Identifier: Apache-2.0 */
/* int8 multiplication for cores with MVE: the reference's arithmetic, four elements at a time.
 * Loops as in ek_mul_s8.h. */
#ifndef EK_MUL_S8_MVE_H
#define EK_MUL_S8_MVE_H

#include "ek_mul_s8.h"
#include "ek_mve.h"

#if EK_MVE

/* Four elements of `x`, times those of `y` or, if not `both`, times one number. Only negative
 * products that are shifted are rounded in another way than VRSHL does (ek_mve.h). */
#define EK_MUL_MVE_STEP(x, y)                                                                      \
    "vldrb.s32 " #x ", [%[a]], #4\n"                                                               \
    "vsub.i32 " #x ", " #x ", %[zero1]\n"                                                          \
    ".if %c[both]\n"                                                                               \
    "vldrb.s32 " #y ", [%[b]], #4\n vsub.i32 " #y ", " #y ", %[factor]\n"                          \
    "vmul.i32 " #x ", " #x ", " #y "\n"                                                            \
    ".else\n vmul.i32 " #x ", " #x ", %[factor]\n .endif\n"                                        \
    ".if %c[shift] > 0\n vshl.i32 " #x ", " #x ", #%c[shift]\n .endif\n"                           \
    "vqrdmulh.s32 " #x ", " #x ", %[multiplier]\n"                                                 \
    ".if %c[shift] < 0\n"                                                                          \
    ".if %c[zero] > %c[low]\n"                                                                     \
    "vshr.s32 " #y ", " #x ", #31\n vadd.i32 " #x ", " #x ", " #y "\n .endif\n"                    \
    "vrshr.s32 " #x ", " #x ", #-(%c[shift])\n .endif\n"                                           \
    "vqadd.s32 " #x ", " #x ", %[zero3]\n"                                                         \
    "vqmovnb.s32 " #x ", " #x "\n"                                                                 \
    "vqmovnb.s16 " #x ", " #x "\n"                                                                 \
    ".if %c[low] > -128\n vmax.s8 " #x ", " #x ", q4\n .endif\n"                                   \
    ".if %c[high] < 127\n vmin.s8 " #x ", " #x ", q5\n .endif\n"                                   \
    "vstrb.32 " #x ", [%[output]], #4\n"

/* `factor`: b's zero point if `both`, else b itself without it. */
EK_KERNEL void ek_mul_mve_vectors(const ek_mul_params_t *p, const int8_t *a, int32_t zero1,
                                  const int8_t *b, int32_t factor, bool both, int8_t *output)
{
    enum { UNROLLED = 8 };
    register int8x16_t q4 __asm__("q4") = vdupq_n_s8((int8_t)p->output_min);
    register int8x16_t q5 __asm__("q5") = vdupq_n_s8((int8_t)p->output_max);
    __asm__ volatile(
        ".if %c[size] >= %c[unrolled]\n"
        "mov lr, #%c[size] / %c[unrolled]\n dls lr, lr\n"
        "1:\n" EK_MUL_MVE_STEP(q0, q1)
            EK_MUL_MVE_STEP(q2, q3) "le lr, 1b\n .endif\n"
                                    ".if %c[size] %% %c[unrolled]\n"
                                    "mov lr, #%c[size] %% %c[unrolled]\n dlstp.32 lr, lr\n"
                                    "2:\n" EK_MUL_MVE_STEP(q0, q1) "letp lr, 2b\n .endif\n"
        : [a] "+l"(a), [b] "+l"(b), [output] "+l"(output)
        : [zero1] "r"(zero1), [factor] "r"(factor), [multiplier] "r"(p->output_multiplier),
          [zero3] "r"(p->output_zero_point), "w"(q4), "w"(q5), [size] "i"(p->size_3),
          [unrolled] "i"(UNROLLED), [both] "i"(both), [shift] "i"(p->output_shift),
          [zero] "i"(p->output_zero_point), [low] "i"(p->output_min), [high] "i"(p->output_max)
        : "lr", "q0", "q1", "q2", "q3", "cc", "memory");
}

/* The innermost loop; an input may repeat one element. */
EK_KERNEL void ek_mul_mve_run(const ek_mul_params_t *p, const int8_t *a, const int8_t *b,
                              int8_t *output)
{
    const int32_t zero1 = p->input1_zero_point;
    const int32_t zero2 = p->input2_zero_point;
    if (p->step2_3 == 0) {
        ek_mul_mve_vectors(p, a, zero1, b, *b - zero2, false, output);
    } else if (p->step1_3 == 0) {
        ek_mul_mve_vectors(p, b, zero2, a, *a - zero1, false, output);
    } else {
        ek_mul_mve_vectors(p, a, zero1, b, zero2, true, output);
    }
}

#else

EK_KERNEL void ek_mul_mve_run(const ek_mul_params_t *p, const int8_t *a, const int8_t *b,
                              int8_t *output)
{
    for (int32_t i = 0; i < p->size_3; i++) {
        output[i] = (int8_t)ek_mul_element(p, a[i * p->step1_3], b[i * p->step2_3]);
    }
}

#endif

EK_KERNEL void ek_mul_s8_mve(const ek_mul_params_t *p, const int8_t *input1, const int8_t *input2,
                             int8_t *output)
{
    for (int32_t i0 = 0; i0 < p->size_0; i0++) {
        for (int32_t i1 = 0; i1 < p->size_1; i1++) {
            for (int32_t i2 = 0; i2 < p->size_2; i2++) {
                const int8_t *a = input1 + (i0 * p->step1_0 + i1 * p->step1_1 + i2 * p->step1_2);
                const int8_t *b = input2 + (i0 * p->step2_0 + i1 * p->step2_1 + i2 * p->step2_2);
                ek_mul_mve_run(p, a, b, output);
                output += p->size_3;
            }
        }
    }
}

#endif
