/* SPDX-License-Identifier: Apache-2.0 */
/* The channels of a block of six output positions on RV32IM, in assembler: two channels and three
 * words a tap at a time.
 *
 * ek_conv_2d_swar_pairs.h and ek_narrow.h are the specification: the same chunks, sums and forms.
 * A total begins with its first product, and gets its 32768 behind the last one, which saves an
 * instruction a word and chunk. The first tap is done before the jump into the ladder, whose steps
 * find theirs counted from the chunk's end. */
#ifndef EK_CONV_2D_SWAR_RV32_H
#define EK_CONV_2D_SWAR_RV32_H

#include "ek_rv32.h"

/* What is done next; the assembler knows the order, and brings it up to date. */
typedef struct {
    const int32_t *taps;
    const uint8_t *weights;
    const int32_t *form;
    int8_t *out;
    int32_t step;  /* bytes from a position's output to the next one's */
    int32_t pairs; /* of channels that are left */
    int32_t split, exponent;
    int32_t shift;      /* of a multiplier: 32 - 2 * split */
    int32_t form_words; /* ek_narrow.h: 3 or 5 */
} ek_swar_block_t;

#if EK_RV32

_Static_assert(offsetof(ek_swar_block_t, form_words) == 36, "the assembler knows the order");

/* t0-t2 totals of the first channel, t3-t5 of the second one; s0-s2 and s3-s5 both, s6-s8 and
 * s9-s11 upper; a1 chunks, a2 taps, a3 and a4 weights, a5-a7 taps; t6 and ra say where to jump. The
 * tap that `back` others of the chunk follow: */
#define EK_SWAR_RV32_STEP(back)                                                                    \
    "lb a3, -2 * " #back " - 2(a1)\n"                                                              \
    "lb a4, -2 * " #back " - 1(a1)\n"                                                              \
    "lw a5, -12 * " #back " - 12(a2)\n"                                                            \
    "lw a6, -12 * " #back " - 8(a2)\n"                                                             \
    "lw a7, -12 * " #back " - 4(a2)\n"                                                             \
    "mul a0, a5, a3\n"                                                                             \
    "mul a5, a5, a4\n"                                                                             \
    "add t0, t0, a0\n"                                                                             \
    "mul a0, a6, a3\n"                                                                             \
    "add t3, t3, a5\n"                                                                             \
    "mul a6, a6, a4\n"                                                                             \
    "add t1, t1, a0\n"                                                                             \
    "mul a0, a7, a3\n"                                                                             \
    "add t4, t4, a6\n"                                                                             \
    "mul a7, a7, a4\n"                                                                             \
    "add t2, t2, a0\n"                                                                             \
    "add t5, t5, a7\n"

#define EK_SWAR_RV32_STEPS                                                                         \
    EK_SWAR_RV32_STEP(14)                                                                          \
    EK_SWAR_RV32_STEP(13)                                                                          \
    EK_SWAR_RV32_STEP(12)                                                                          \
    EK_SWAR_RV32_STEP(11)                                                                          \
    EK_SWAR_RV32_STEP(10)                                                                          \
    EK_SWAR_RV32_STEP(9)                                                                           \
    EK_SWAR_RV32_STEP(8)                                                                           \
    EK_SWAR_RV32_STEP(7)                                                                           \
    EK_SWAR_RV32_STEP(6)                                                                           \
    EK_SWAR_RV32_STEP(5)                                                                           \
    EK_SWAR_RV32_STEP(4)                                                                           \
    EK_SWAR_RV32_STEP(3) EK_SWAR_RV32_STEP(2) EK_SWAR_RV32_STEP(1) EK_SWAR_RV32_STEP(0)

/* Adds a chunk's total to the sums. */
#define EK_SWAR_RV32_ADD(total, both, upper)                                                       \
    "add " #total ", " #total ", a0\n"                                                             \
    "add " #both ", " #both ", " #total "\n"                                                       \
    "srai " #total ", " #total ", 16\n"                                                            \
    "add " #upper ", " #upper ", " #total "\n"

#define EK_SWAR_RV32_ADD_ALL                                                                       \
    "lui a0, 8\n" EK_SWAR_RV32_ADD(t0, s0, s6) EK_SWAR_RV32_ADD(t1, s1, s7)                        \
        EK_SWAR_RV32_ADD(t2, s2, s8) EK_SWAR_RV32_ADD(t3, s3, s9) EK_SWAR_RV32_ADD(t4, s4, s10)    \
            EK_SWAR_RV32_ADD(t5, s5, s11)

/* What the sums of two channels begin with. a6: the forms, a5: bytes of one. */
#define EK_SWAR_RV32_BEGIN                                                                         \
    "lw s0, 0(a6)\n"                                                                               \
    "lw s6, 4(a6)\n"                                                                               \
    "add a6, a6, a5\n"                                                                             \
    "lw s3, 0(a6)\n"                                                                               \
    "lw s9, 4(a6)\n"                                                                               \
    "mv s1, s0\n"                                                                                  \
    "mv s2, s0\n"                                                                                  \
    "mv s4, s3\n"                                                                                  \
    "mv s5, s3\n"                                                                                  \
    "mv s7, s6\n"                                                                                  \
    "mv s8, s6\n"                                                                                  \
    "mv s10, s9\n"                                                                                 \
    "mv s11, s9\n"

/* The next chunk; to 5 where there is none. */
#define EK_SWAR_RV32_CHUNK                                                                         \
    "lbu a5, 0(a1)\n"                                                                              \
    "beqz a5, 5f\n"                                                                                \
    "lbu a6, 1(a1)\n"                                                                              \
    "lb a3, 2(a1)\n"                                                                               \
    "lb a4, 3(a1)\n"                                                                               \
    "lw t0, 0(a2)\n"                                                                               \
    "lw t1, 4(a2)\n"                                                                               \
    "lw t2, 8(a2)\n"                                                                               \
    "add a1, a1, a5\n"                                                                             \
    "mul a5, a5, ra\n"                                                                             \
    "add a2, a2, a6\n"                                                                             \
    "mul t3, t0, a4\n"                                                                             \
    "mul t4, t1, a4\n"                                                                             \
    "sub a5, t6, a5\n"                                                                             \
    "mul t5, t2, a4\n"                                                                             \
    "mul t0, t0, a3\n"                                                                             \
    "mul t1, t1, a3\n"                                                                             \
    "mul t2, t2, a3\n"                                                                             \
    "jr a5\n"

/* ek_narrow of a sum: a3 the multiplier, t1 addend, t2 reach, t3 split, t4 exponent, and a6 edge,
 * t0 step; to t5, and on by a7. */
#define EK_SWAR_RV32_SCALE(x)                                                                      \
    "bgeu t2, " #x ", 1f\n"                                                                        \
    "srai " #x ", " #x ", 31\n"                                                                    \
    "not " #x ", " #x "\n"                                                                         \
    "and " #x ", " #x ", t2\n"                                                                     \
    "1:\n"                                                                                         \
    "sll a5, " #x ", t3\n"                                                                         \
    "mulhu a5, a5, a3\n"                                                                           \
    "add a5, a5, t1\n"

#define EK_SWAR_RV32_STORE                                                                         \
    "sra a5, a5, t4\n"                                                                             \
    "sb a5, 0(t5)\n"                                                                               \
    "add t5, t5, a7\n"

#define EK_SWAR_RV32_RESULT(x) EK_SWAR_RV32_SCALE(x) EK_SWAR_RV32_STORE

#define EK_SWAR_RV32_SIGNED_RESULT(x)                                                              \
    EK_SWAR_RV32_SCALE(x)                                                                          \
    "bge " #x ", a6, 1f\n"                                                                         \
    "sub a5, a5, t0\n"                                                                             \
    "1:\n" EK_SWAR_RV32_STORE

/* The results of one channel: the lower sums, and the upper ones as they are. */
#define EK_SWAR_RV32_LOWER(both, upper)                                                            \
    "slli a5, " #upper ", 16\n"                                                                    \
    "sub " #both ", " #both ", a5\n"

#define EK_SWAR_RV32_RESULTS(both_0, both_1, both_2, upper_0, upper_1, upper_2)                    \
    "lw a6, 8(t6)\n"                                                                               \
    "lw t5, 12(t6)\n"                                                                              \
    "lw t0, 32(t6)\n"                                                                              \
    "lw a4, 36(t6)\n"                                                                              \
    "lw a3, 8(a6)\n"                                                                               \
    "lw t1, 12(a6)\n"                                                                              \
    "lw t2, 16(a6)\n"                                                                              \
    "addi a5, a6, 20\n"                                                                            \
    "addi a4, a4, -3\n"                                                                            \
    "sll a3, a3, t0\n"                                                                             \
    "addi a0, t5, 1\n"                                                                             \
    "sw a0, 12(t6)\n"                                                                              \
    "bnez a4, 6f\n"                                                                                \
    "sw a5, 8(t6)\n" EK_SWAR_RV32_LOWER(both_0, upper_0) EK_SWAR_RV32_LOWER(both_1, upper_1)       \
        EK_SWAR_RV32_LOWER(both_2, upper_2) EK_SWAR_RV32_RESULT(both_0)                            \
            EK_SWAR_RV32_RESULT(upper_0) EK_SWAR_RV32_RESULT(both_1) EK_SWAR_RV32_RESULT(upper_1)  \
                EK_SWAR_RV32_RESULT(both_2) EK_SWAR_RV32_RESULT(                                   \
                    upper_2) "j 7f\n"                                                              \
                             "6:\n"                                                                \
                             "addi a5, a6, 28\n"                                                   \
                             "sw a5, 8(t6)\n"                                                      \
                             "lw t0, 24(a6)\n"                                                     \
                             "lw a6, 20(a6)\n" EK_SWAR_RV32_LOWER(both_0, upper_0)                 \
                                 EK_SWAR_RV32_LOWER(both_1, upper_1) EK_SWAR_RV32_LOWER(           \
                                     both_2, upper_2) EK_SWAR_RV32_SIGNED_RESULT(both_0)           \
                                     EK_SWAR_RV32_SIGNED_RESULT(upper_0)                           \
                                         EK_SWAR_RV32_SIGNED_RESULT(both_1)                        \
                                             EK_SWAR_RV32_SIGNED_RESULT(upper_1)                   \
                                                 EK_SWAR_RV32_SIGNED_RESULT(both_2)                \
                                                     EK_SWAR_RV32_SIGNED_RESULT(upper_2) "7:\n"

static __attribute__((naked, noinline, unused)) void ek_swar_block_rv32(ek_swar_block_t *block
                                                                        __attribute__((unused)))
{
    __asm__ volatile(EK_RV32_ENTER "sw a0, 0(sp)\n"
                                   "lw a1, 4(a0)\n"
                                   "li ra, 34\n"
                                   /* Two channels. A step has 68 bytes; one is done already, and a
                                    * chunk begins with two bytes that are no weights. */
                                   "2:\n"
                                   "lla t6, 3f\n"
                                   "addi t6, t6, 136\n"
                                   "lw a5, 36(a0)\n"
                                   "lw a6, 8(a0)\n"
                                   "addi a5, a5, 2\n"
                                   "slli a5, a5, 2\n"
                                   "lw a2, 0(a0)\n" EK_SWAR_RV32_BEGIN "j 4f\n" EK_SWAR_RV32_STEPS
                                   "3:\n" EK_SWAR_RV32_ADD_ALL "4:\n" EK_SWAR_RV32_CHUNK "5:\n"
                                   "addi a1, a1, 1\n"
                                   "lw t6, 0(sp)\n"
                                   "lw a7, 16(t6)\n"
                                   "lw t3, 24(t6)\n"
                                   "lw t4, 28(t6)\n" EK_SWAR_RV32_RESULTS(s0, s1, s2, s6, s7, s8)
                                       EK_SWAR_RV32_RESULTS(s3, s4, s5, s9, s10,
                                                            s11) "lw a5, 20(t6)\n"
                                                                 "mv a0, t6\n"
                                                                 "addi a5, a5, -1\n"
                                                                 "sw a5, 20(t6)\n"
                                                                 "bnez a5, 2b\n"
                                                                 "sw a1, 4(t6)\n" EK_RV32_LEAVE);
}

#endif

#endif
