/* SPDX-License-Identifier: Apache-2.0 */
/* Eight units of a fully connected layer on RV32IM, in assembler: all chunks, with every sum in a
 * register. ek_fully_connected_s8_swar.h is the specification. */
#ifndef EK_FULLY_CONNECTED_SWAR_RV32_H
#define EK_FULLY_CONNECTED_SWAR_RV32_H

#include "ek_fully_connected_swar_block.h"
#include "ek_rv32.h"

#if EK_RV32

_Static_assert(offsetof(ek_fully_connected_swar_block_t, results) == 12,
               "the assembler knows the order");

/* t0-t3 totals, t4 the sum of the inputs, t5 the mask, s0-s3 both, s4-s7 upper, s8 and s9 what the
 * inputs are times of the even and the odd totals, s11 the chunk's end, ra 32768; a1 inputs, a2
 * weights, a3 chunks. */
#define EK_FULLY_CONNECTED_RV32_TAP(place)                                                         \
    "lb a5, " #place "(a1)\n"                                                                      \
    "lw a6, 8 * " #place "(a2)\n"                                                                  \
    "lw a7, 8 * " #place " + 4(a2)\n"                                                              \
    "add t4, t4, a5\n"                                                                             \
    "and t6, a6, t5\n"                                                                             \
    "srli a6, a6, 8\n"                                                                             \
    "and a4, a7, t5\n"                                                                             \
    "srli a7, a7, 8\n"                                                                             \
    "mul t6, t6, a5\n"                                                                             \
    "mul a6, a6, a5\n"                                                                             \
    "mul a4, a4, a5\n"                                                                             \
    "mul a7, a7, a5\n"                                                                             \
    "add t0, t0, t6\n"                                                                             \
    "add t1, t1, a6\n"                                                                             \
    "add t2, t2, a4\n"                                                                             \
    "add t3, t3, a7\n"

/* Four units' totals, a5 and a6 off; what lies between the odd ones is known by then. */
#define EK_FULLY_CONNECTED_RV32_ADD(even, odd, both_0, both_1, upper_0, upper_1)                   \
    "sub " #even ", " #even ", a5\n"                                                               \
    "sub " #odd ", " #odd ", a6\n"                                                                 \
    "srai a7, " #even ", 16\n"                                                                     \
    "add " #both_0 ", " #both_0 ", " #even "\n"                                                    \
    "slli a4, a7, 8\n"                                                                             \
    "add " #upper_0 ", " #upper_0 ", a7\n"                                                         \
    "sub " #odd ", " #odd ", a4\n"                                                                 \
    "add " #both_1 ", " #both_1 ", " #odd "\n"                                                     \
    "srai " #odd ", " #odd ", 16\n"                                                                \
    "add " #upper_1 ", " #upper_1 ", " #odd "\n"

/* The units of two sums. */
#define EK_FULLY_CONNECTED_RV32_RESULT(both, upper, place)                                         \
    "slli a4, " #upper ", 16\n"                                                                    \
    "sub " #both ", " #both ", a4\n"                                                               \
    "sw " #both ", 12 + 4 * " #place "(a0)\n"                                                      \
    "sw " #upper ", 20 + 4 * " #place "(a0)\n"

/* Where to read, the constants, and no sums yet. */
#define EK_FULLY_CONNECTED_RV32_BEGIN                                                              \
    "lw a1, 0(a0)\n"                                                                               \
    "lw a2, 4(a0)\n"                                                                               \
    "lw a3, 8(a0)\n"                                                                               \
    "lui t5, 0xff0\n"                                                                              \
    "addi t5, t5, 0xff\n"                                                                          \
    "lui s8, 0x800\n"                                                                              \
    "addi s8, s8, 0x80\n"                                                                          \
    "lui s9, 0x808\n"                                                                              \
    "addi s9, s9, 0x80\n"                                                                          \
    "lui ra, 8\n"                                                                                  \
    "li s0, 0\n"                                                                                   \
    "li s1, 0\n"                                                                                   \
    "li s2, 0\n"                                                                                   \
    "li s3, 0\n"                                                                                   \
    "li s4, 0\n"                                                                                   \
    "li s5, 0\n"                                                                                   \
    "li s6, 0\n"                                                                                   \
    "li s7, 0\n"

static __attribute__((naked, noinline, unused)) void
ek_fully_connected_swar_block_rv32(ek_fully_connected_swar_block_t *block __attribute__((unused)))
{
    __asm__ volatile(
        EK_RV32_ENTER EK_FULLY_CONNECTED_RV32_BEGIN /* A chunk. */
        "1:\n"
        "lbu a5, 0(a3)\n"
        "addi a3, a3, 1\n"
        "beqz a5, 5f\n"
        "slli a6, a5, 1\n"
        "add s11, a1, a6\n"
        "li t0, 0\n"
        "li t1, 0\n"
        "li t2, 0\n"
        "li t3, 0\n"
        "li t4, 0\n"
        "andi a5, a5, 1\n"
        "beqz a5, 2f\n"
        "addi a1, a1, -2\n"
        "addi a2, a2, -16\n"
        "j 3f\n"
        /* Two pairs of taps; the first time only the second one where they are odd. */
        "2:\n" EK_FULLY_CONNECTED_RV32_TAP(0)
            EK_FULLY_CONNECTED_RV32_TAP(1) "3:\n" EK_FULLY_CONNECTED_RV32_TAP(2)
                EK_FULLY_CONNECTED_RV32_TAP(
                    3) "addi a1, a1, 4\n"
                       "addi a2, a2, 32\n"
                       "bne a1, s11, 2b\n"
                       "mul a5, t4, s8\n"
                       "mul a6, t4, s9\n"
                       "sub a5, a5, ra\n"
                       "sub a6, a6, ra\n" EK_FULLY_CONNECTED_RV32_ADD(t0, t1, s0, s1, s4, s5)
                           EK_FULLY_CONNECTED_RV32_ADD(
                               t2, t3, s2, s3, s6,
                               s7) "j 1b\n"
                                   "5:\n"
                                   "sw a2, 4(a0)\n"
                                   "sw a3, 8(a0)\n" EK_FULLY_CONNECTED_RV32_RESULT(s0, s4, 0)
                                       EK_FULLY_CONNECTED_RV32_RESULT(s1, s5, 1)
                                           EK_FULLY_CONNECTED_RV32_RESULT(s2, s6, 4)
                                               EK_FULLY_CONNECTED_RV32_RESULT(s3, s7, 5)
                                                   EK_RV32_LEAVE);
}

#endif

#endif
