/* SPDX-License-Identifier: Apache-2.0 */
/* What a 32-bit RISC-V core has (The RISC-V Instruction Set Manual, volume II, "Machine-Level
 * CSRs"). A port whose core counts its cycles otherwise has functions of its own. */
#include "ek_core.h"

#ifdef __riscv_mul
#define MULTIPLY EK_BUILT_MULTIPLY
#else
#define MULTIPLY 0U
#endif

void ek_core_read(uint32_t words[EK_CORE_WORDS])
{
    (void)memset(words, 0, EK_CORE_WORDS * sizeof words[0]);
    words[0] = EK_CORE_RISCV | MULTIPLY;
    __asm volatile("csrr %0, misa" : "=r"(words[1]));
    __asm volatile("csrr %0, mvendorid" : "=r"(words[2]));
    __asm volatile("csrr %0, marchid" : "=r"(words[3]));
}

__attribute__((weak)) void ek_core_count(bool on)
{
    (void)on; /* it always runs */
}

__attribute__((weak)) uint32_t ek_core_cycles(void)
{
    uint32_t cycles;
    __asm volatile("csrr %0, mcycle" : "=r"(cycles));
    return cycles;
}
