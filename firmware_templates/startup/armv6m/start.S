/* SPDX-License-Identifier: Apache-2.0 */
/* Reset and faults of an ARMv6-M core, which has neither a vector table offset that could be relied
 * on nor fault status registers. */
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
    movs    r2, r1
    adds    r2, #255
    cmp     r0, r2
    bls     1f
    ldr     r2, =ek_stack_top
    cmp     r0, r2
    blo     2f
1:  ldr     r2, =ek_stack_top
    msr     msp, r2
2:  movs    r2, #0
    bl      ek_report_fault             /* (frame, end of the stack, why) */
    b       .
    .size ek_fault, . - ek_fault
    .ltorg

    .weak ek_systick
    .thumb_set ek_systick, ek_fault
