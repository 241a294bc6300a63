/* SPDX-License-Identifier: Apache-2.0 */
/* Eight units of a fully connected layer on a Cortex-M3, in assembler: all chunks, with the totals
 * in registers. ek_fully_connected_s8_swar.h is the specification, but that the odd bytes are
 * masked, which the shift does by the way. */
#ifndef EK_FULLY_CONNECTED_SWAR_THUMB2_H
#define EK_FULLY_CONNECTED_SWAR_THUMB2_H

#include "ek_fully_connected_swar_block.h"

#if defined(__thumb2__) && !defined(__ARM_FEATURE_DSP)

_Static_assert(offsetof(ek_fully_connected_swar_block_t, results) == 12,
               "the assembler knows the order");

/* r0 inputs, r1 weights, r3 the mask, r7 chunks, r8-r11 totals, r12 the chunk's end, lr the sum of
 * the inputs; on the stack both and upper, one behind the other. */
#define EK_FULLY_CONNECTED_THUMB2_TAP                                                              \
    "ldrsb r2, [r0], #1\n"                                                                         \
    "ldmia r1!, {r4, r5}\n"                                                                        \
    "add lr, r2\n"                                                                                 \
    "and r6, r3, r4\n"                                                                             \
    "mla r8, r6, r2, r8\n"                                                                         \
    "and r6, r3, r4, lsr #8\n"                                                                     \
    "mla r9, r6, r2, r9\n"                                                                         \
    "and r6, r3, r5\n"                                                                             \
    "mla r10, r6, r2, r10\n"                                                                       \
    "and r6, r3, r5, lsr #8\n"                                                                     \
    "mla r11, r6, r2, r11\n"

/* Two totals, r6 off, to the sums at r3. */
#define EK_FULLY_CONNECTED_THUMB2_ADD(total_0, total_1)                                            \
    "ldm r3, {r2, r4, r5, r12}\n"                                                                  \
    "sub " #total_0 ", " #total_0 ", r6\n"                                                         \
    "sub " #total_1 ", " #total_1 ", r6\n"                                                         \
    "add r2, " #total_0 "\n"                                                                       \
    "add r4, r4, " #total_0 ", asr #16\n"                                                          \
    "add r5, " #total_1 "\n"                                                                       \
    "add r12, r12, " #total_1 ", asr #16\n"                                                        \
    "stm r3!, {r2, r4, r5, r12}\n"

/* Four units. */
#define EK_FULLY_CONNECTED_THUMB2_RESULTS(place)                                                   \
    "pop {r2, r4, r5, r6}\n"                                                                       \
    "sub r2, r2, r4, lsl #16\n"                                                                    \
    "sub r5, r5, r6, lsl #16\n"                                                                    \
    "strd r2, r5, [r3, #(12 + " #place ")]\n"                                                      \
    "strd r4, r6, [r3, #(20 + " #place ")]\n"

static __attribute__((naked, noinline, unused)) void
ek_fully_connected_swar_block_thumb2(ek_fully_connected_swar_block_t *block __attribute__((unused)))
{
    __asm__ volatile(
        ".syntax unified\n"
        "push {r0, r4-r11, lr}\n"
        "ldr r1, [r0, #4]\n"
        "ldr r7, [r0, #8]\n"
        "ldr r0, [r0]\n"
        "movs r2, #0\n"
        "movs r4, #0\n"
        "movs r5, #0\n"
        "movs r6, #0\n"
        "push {r2, r4, r5, r6}\n"
        "push {r2, r4, r5, r6}\n"
        "b 4f\n"
        /* Two pairs of taps; the first time only the second one where they are odd. */
        "2:\n" EK_FULLY_CONNECTED_THUMB2_TAP EK_FULLY_CONNECTED_THUMB2_TAP
        "3:\n" EK_FULLY_CONNECTED_THUMB2_TAP EK_FULLY_CONNECTED_THUMB2_TAP "cmp r0, r12\n"
        "bne 2b\n"
        "mov r6, #0x00800080\n"
        "mul r6, lr, r6\n"
        "sub r6, r6, #0x8000\n"
        "mov r3, sp\n" EK_FULLY_CONNECTED_THUMB2_ADD(r8, r9) EK_FULLY_CONNECTED_THUMB2_ADD(r10, r11)
        /* A chunk. */
        "4:\n"
        "ldrb r2, [r7], #1\n"
        "cbz r2, 5f\n"
        "mov r3, #0x00FF00FF\n"
        "add r12, r0, r2, lsl #1\n"
        "mov r8, #0\n"
        "mov r9, #0\n"
        "mov r10, #0\n"
        "mov r11, #0\n"
        "mov lr, #0\n"
        "lsls r2, r2, #31\n"
        "bne 3b\n"
        "b 2b\n"
        "5:\n"
        "ldr r3, [sp, #32]\n"
        "str r1, [r3, #4]\n"
        "str r7, [r3, #8]\n" EK_FULLY_CONNECTED_THUMB2_RESULTS(0)
            EK_FULLY_CONNECTED_THUMB2_RESULTS(16) "pop {r0, r4-r11, pc}\n"
                                                  ".syntax divided\n");
}

#endif

#endif
