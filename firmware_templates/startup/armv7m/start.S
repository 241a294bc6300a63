/* SPDX-License-Identifier: Apache-2.0 */
/* Reset and faults of an ARMv7-M or ARMv8-M (mainline) core. Assembler, because nothing of C's
 * world stands yet: the FPU must be on before the first C instruction, which may already use its
 * registers. */
    .syntax unified
    .thumb

    .section .text.ek_reset, "ax", %progbits
    .global ek_reset
    .thumb_func
    .type ek_reset, %function
ek_reset:
    cpsid   i
    ldr     r0, =ek_stack_top           /* a debugger's load may not have set it */
    msr     msp, r0
    ldr     r0, =0xE000ED08             /* VTOR: a boot loader may have left its own vectors */
    ldr     r1, =ek_vectors
    str     r1, [r0]
    ldr     r0, =0xE000ED88             /* CPACR: full access to CP10 and CP11, the FPU */
    ldr     r1, [r0]                    /* (and MVE); without one the bits read as zero */
    orr     r1, r1, #0x00F00000
    str     r1, [r0]
    dsb
    isb
    bl      ek_start
    cpsie   i
    bl      main
    b       .
    .size ek_reset, . - ek_reset
    .ltorg

/* Every fault and every interrupt that nobody asked for. If the stack overflowed, the exception
 * frame is not there and there is no room to work in: then the report starts on a fresh stack. */
    .section .text.ek_fault, "ax", %progbits
    .global ek_fault
    .thumb_func
    .type ek_fault, %function
ek_fault:
    cpsid   i
    mrs     r0, msp
    ldr     r1, =ek_stack_low
    add     r2, r1, #256
    cmp     r0, r2
    blo     1f
    ldr     r2, =ek_stack_top
    cmp     r0, r2
    blo     2f
1:  ldr     r2, =ek_stack_top
    msr     msp, r2
2:  ldr     r2, =0xE000ED28             /* CFSR: why it faulted */
    ldr     r2, [r2]
    bl      ek_report_fault             /* (frame, end of the stack, why) */
    b       .
    .size ek_fault, . - ek_fault
    .ltorg

    .weak ek_systick
    .thumb_set ek_systick, ek_fault
