/* SPDX-License-Identifier: Apache-2.0 */
/* int8 fully connected layer for cores with MVE: 4 units at a time.
 *
 * A row's first step has so many weights that are not 0 that all further steps are whole: nothing
 * behind the row is read. A row shorter than a vector is copied to scratch.
 *
 * The stream, per 4 units: 16 weights of each, step by step; their form (ek_mve.h), of which only
 * the biases if all units have one multiplier. */
#ifndef EK_FULLY_CONNECTED_S8_MVE_H
#define EK_FULLY_CONNECTED_S8_MVE_H

#include "ek_mve.h"

enum { EK_FULLY_CONNECTED_MVE_UNITS = 4 };

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t units;
    int32_t output_zero_point;
    int32_t output_min, output_max;
    int32_t mode;                /* ek_mve.h */
    int32_t multiplier, shift;   /* of all units, or 0 where each has its own */
    int32_t head, unroll, loops; /* steps after the first: `head`, then `loops` times `unroll` */
    const int32_t *stream;       /* weights and forms */
} ek_fully_connected_s8_mve_params_t;

/* Steps after the first. */
EK_KERNEL int32_t ek_fully_connected_mve_steps(const ek_fully_connected_s8_mve_params_t *p)
{
    return p->head + p->unroll * p->loops;
}

/* Taps of the first step. */
EK_KERNEL int32_t ek_fully_connected_mve_first(const ek_fully_connected_s8_mve_params_t *p)
{
    return p->depth - ek_fully_connected_mve_steps(p) * EK_MVE_BYTES;
}

/* Words of a unit's form in the stream. */
EK_KERNEL int32_t ek_fully_connected_mve_form(const ek_fully_connected_s8_mve_params_t *p)
{
    return p->multiplier != 0 ? 1 : ek_mve_form_words(p->mode);
}

/* Words of the stream per 4 units. */
EK_KERNEL int32_t ek_fully_connected_mve_words(const ek_fully_connected_s8_mve_params_t *p)
{
    return EK_FULLY_CONNECTED_MVE_UNITS *
           ((ek_fully_connected_mve_steps(p) + 1) * EK_MVE_BYTES / 4 +
            ek_fully_connected_mve_form(p));
}

#if EK_MVE

#define EK_FULLY_CONNECTED_MVE_STEP(op, bytes)                                                     \
    "vldrb.u8 q0, [r1], #" bytes "\n"                                                              \
    "vldrb.u8 q1, [r9], #16\n vldrb.u8 q2, [r9], #16\n " op ".s8 r0, q0, q1\n"                     \
    "vldrb.u8 q3, [r9], #16\n " op ".s8 r2, q0, q2\n"                                              \
    "vldrb.u8 q1, [r9], #16\n " op ".s8 r4, q0, q3\n " op ".s8 r6, q0, q1\n"

/* One row of the input, all units. */
EK_KERNEL void ek_fully_connected_mve_row(const ek_fully_connected_s8_mve_params_t *p,
                                          const int8_t *row, int8_t *output)
{
    register const int8_t *r3 __asm__("r3") = row;
    register const int32_t *r11 __asm__("r11") =
        p->stream + (p->units + 3) / 4 * ek_fully_connected_mve_words(p);
    register int32_t r8 __asm__("r8") = p->units;
    register const int32_t *r9 __asm__("r9") = p->stream;
    register int8_t *r5 __asm__("r5") = output;
    register int32_t r12 __asm__("r12") = p->output_zero_point;
    register int32_t lr __asm__("lr") = p->multiplier;
    /* clang-format off */
    __asm__ volatile(
        "1:\n"
        "mov r1, r3\n"
        EK_FULLY_CONNECTED_MVE_STEP("vmladav", "%c[first]")
        ".rept %c[head]\n" EK_FULLY_CONNECTED_MVE_STEP("vmladava", "16") ".endr\n"
        ".if %c[loops] > 0\n"
        ".if %c[loops] > 1\n mov r10, #%c[loops]\n .endif\n"
        "2:\n"
        ".rept %c[unroll]\n" EK_FULLY_CONNECTED_MVE_STEP("vmladava", "16") ".endr\n"
        ".if %c[loops] > 1\n subs r10, r10, #1\n bne.w 2b\n .endif\n"
        ".endif\n"
        "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"
        "vldrw.u32 q1, [r9], #16\n vadd.i32 q0, q0, q1\n"
        ".if %c[mode] == 2\n vldrw.u32 q1, [r9, #32]\n vshl.s32 q0, q0, q1\n .endif\n"
        ".if %c[shared]\n vqrdmulh.s32 q0, q0, lr\n"
        ".else\n vldrw.u32 q1, [r9], #16\n vqrdmulh.s32 q0, q0, q1\n .endif\n"
        ".if %c[mode] > 0\n vshr.s32 q2, q0, #31\n .endif\n"
        ".if %c[mode] == 2\n vldrw.u32 q1, [r9, #32]\n vmul.i32 q2, q2, q1\n .endif\n"
        ".if %c[mode] > 0\n vadd.i32 q0, q0, q2\n .endif\n"
        ".if %c[shared]\n mov r0, #%c[shift]\n vrshl.s32 q0, r0\n"
        ".else\n vldrw.u32 q1, [r9], #16\n vrshl.s32 q0, q0, q1\n .endif\n"
        ".if %c[mode] == 2\n add r9, r9, #32\n .endif\n"
        "vqadd.s32 q0, q0, r12\n"
        "vqmovnb.s32 q0, q0\n"
        "vqmovnb.s16 q0, q0\n"
        ".if %c[low] > -128\n mov r0, #%c[low]\n vdup.8 q1, r0\n vmax.s8 q0, q0, q1\n .endif\n"
        ".if %c[high] < 127\n mov r0, #%c[high]\n vdup.8 q1, r0\n vmin.s8 q0, q0, q1\n .endif\n"
        ".if %c[left] > 0\n"
        "vctp.32 r8\n sub r8, r8, #4\n vpst\n vstrbt.32 q0, [r5], #4\n"
        ".else\n vstrb.32 q0, [r5], #4\n .endif\n"
        "cmp r9, r11\n"
        "bne.w 1b\n"
        : "+r"(r8), "+r"(r9), "+r"(r5)
        : "r"(r3), "r"(r11), "r"(r12), "r"(lr), [shared] "i"(p->multiplier != 0), [shift] "i"(p->shift), [first] "i"(ek_fully_connected_mve_first(p)),
          [head] "i"(p->head), [unroll] "i"(p->unroll), [loops] "i"(p->loops),
          [left] "i"(p->units % 4), [mode] "i"(p->mode),
          [low] "i"(p->output_min), [high] "i"(p->output_max)
        : "r0", "r1", "r2", "r4", "r6", "r10", "q0", "q1", "q2", "q3", "cc", "memory");
    /* clang-format on */
}

#else

EK_KERNEL void ek_fully_connected_mve_row(const ek_fully_connected_s8_mve_params_t *p,
                                          const int8_t *row, int8_t *output)
{
    enum { UNITS = EK_FULLY_CONNECTED_MVE_UNITS };
    const int32_t steps = ek_fully_connected_mve_steps(p) + 1;
    for (int32_t unit = 0; unit < p->units; unit++) {
        const int32_t *block = p->stream + unit / UNITS * ek_fully_connected_mve_words(p);
        const int8_t *weights = (const int8_t *)block + unit % UNITS * EK_MVE_BYTES;
        const int8_t *taps = row + ek_fully_connected_mve_first(p);
        int32_t sum = ek_mve_dot(row, weights, ek_fully_connected_mve_first(p));
        for (int32_t step = 1; step < steps; step++) {
            weights += UNITS * EK_MVE_BYTES;
            sum += ek_mve_dot(taps, weights, EK_MVE_BYTES);
            taps += EK_MVE_BYTES;
        }
        const int32_t *form = block + steps * UNITS * EK_MVE_BYTES / 4;
        if (p->multiplier != 0) {
            sum = (int32_t)((uint32_t)sum + (uint32_t)form[unit % UNITS]);
            output[unit] = ek_requantize_clamped(sum, p->multiplier, p->shift, p->output_zero_point,
                                                 p->output_min, p->output_max);
        } else {
            output[unit] = ek_mve_requantize(sum, form, UNITS, unit % UNITS, p->mode,
                                             p->output_zero_point, p->output_min, p->output_max);
        }
    }
}

#endif

/* scratch: a vector for a short row. */
EK_KERNEL void ek_fully_connected_s8_mve(const ek_fully_connected_s8_mve_params_t *p,
                                         const int8_t *input, int8_t *output, void *scratch)
{
    for (int32_t i = 0; i < p->rows; i++) {
        if (p->depth < EK_MVE_BYTES) {
            ek_mve_copy(input, (int8_t *)scratch, p->depth);
            ek_fully_connected_mve_row(p, (const int8_t *)scratch, output);
        } else {
            ek_fully_connected_mve_row(p, input, output);
        }
        input += p->depth;
        output += p->units;
    }
}

#endif
