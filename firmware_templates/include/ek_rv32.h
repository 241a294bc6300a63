/* SPDX-License-Identifier: Apache-2.0 */
/* What kernels in assembler for RV32IM begin and end with. */
#ifndef EK_RV32_H
#define EK_RV32_H

#include "ek_types.h"

#if defined(__riscv) && __riscv_xlen == 32 && defined(__riscv_mul) && !defined(__riscv_32e)
#define EK_RV32 1
#else
#define EK_RV32 0
#endif

/* Keeps ra and s0-s11 and leaves three words of the stack, from sp on. Instructions are of four
 * bytes, whatever the core has: ladders count on it. */
#define EK_RV32_ENTER                                                                              \
    ".option push\n"                                                                               \
    ".option norvc\n"                                                                              \
    "addi sp, sp, -64\n"                                                                           \
    "sw ra, 60(sp)\n"                                                                              \
    "sw s0, 56(sp)\n"                                                                              \
    "sw s1, 52(sp)\n"                                                                              \
    "sw s2, 48(sp)\n"                                                                              \
    "sw s3, 44(sp)\n"                                                                              \
    "sw s4, 40(sp)\n"                                                                              \
    "sw s5, 36(sp)\n"                                                                              \
    "sw s6, 32(sp)\n"                                                                              \
    "sw s7, 28(sp)\n"                                                                              \
    "sw s8, 24(sp)\n"                                                                              \
    "sw s9, 20(sp)\n"                                                                              \
    "sw s10, 16(sp)\n"                                                                             \
    "sw s11, 12(sp)\n"

#define EK_RV32_LEAVE                                                                              \
    "lw ra, 60(sp)\n"                                                                              \
    "lw s0, 56(sp)\n"                                                                              \
    "lw s1, 52(sp)\n"                                                                              \
    "lw s2, 48(sp)\n"                                                                              \
    "lw s3, 44(sp)\n"                                                                              \
    "lw s4, 40(sp)\n"                                                                              \
    "lw s5, 36(sp)\n"                                                                              \
    "lw s6, 32(sp)\n"                                                                              \
    "lw s7, 28(sp)\n"                                                                              \
    "lw s8, 24(sp)\n"                                                                              \
    "lw s9, 20(sp)\n"                                                                              \
    "lw s10, 16(sp)\n"                                                                             \
    "lw s11, 12(sp)\n"                                                                             \
    "addi sp, sp, 64\n"                                                                            \
    "ret\n"                                                                                        \
    ".option pop\n"

#endif
