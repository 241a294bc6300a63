/* SPDX-License-Identifier: Apache-2.0 */
/* Reset and traps of a 32-bit RISC-V core in machine mode. The chip jumps to the start of the
 * flash, so that is where the linker script puts this first section. */
    .section .vectors.core, "ax", @progbits
    .global ek_reset
    .type ek_reset, @function
ek_reset:
    csrci   mstatus, 8                  /* MIE: no interrupts yet */
    la      sp, ek_stack_top
    la      t0, ek_trap_entry
    csrw    mtvec, t0                   /* every trap goes to one place */
    call    ek_start
    csrsi   mstatus, 8
    call    main
1:  j       1b
    .size ek_reset, . - ek_reset

/* Saves what a function may change, asks ek_trap what to do, and goes back. If the stack
 * overflowed, there is no room to work in: then the report starts on a fresh stack. */
    .section .text.ek_trap_entry, "ax", @progbits
    .align 2
    .global ek_trap_entry
    .type ek_trap_entry, @function
ek_trap_entry:
    csrw    mscratch, t0
    la      t0, ek_stack_low + 256
    bltu    sp, t0, 1f
    la      t0, ek_stack_top
    bltu    t0, sp, 1f
    csrr    t0, mscratch
    addi    sp, sp, -64
    sw      ra, 0(sp)
    sw      t0, 4(sp)
    sw      t1, 8(sp)
    sw      t2, 12(sp)
    sw      a0, 16(sp)
    sw      a1, 20(sp)
    sw      a2, 24(sp)
    sw      a3, 28(sp)
    sw      a4, 32(sp)
    sw      a5, 36(sp)
    sw      a6, 40(sp)
    sw      a7, 44(sp)
    sw      t3, 48(sp)
    sw      t4, 52(sp)
    sw      t5, 56(sp)
    sw      t6, 60(sp)
    csrr    a0, mcause
    csrr    a1, mepc
    call    ek_trap                     /* (cause, where); interrupts alone return */
    lw      ra, 0(sp)
    lw      t0, 4(sp)
    lw      t1, 8(sp)
    lw      t2, 12(sp)
    lw      a0, 16(sp)
    lw      a1, 20(sp)
    lw      a2, 24(sp)
    lw      a3, 28(sp)
    lw      a4, 32(sp)
    lw      a5, 36(sp)
    lw      a6, 40(sp)
    lw      a7, 44(sp)
    lw      t3, 48(sp)
    lw      t4, 52(sp)
    lw      t5, 56(sp)
    lw      t6, 60(sp)
    addi    sp, sp, 64
    mret
1:  la      sp, ek_stack_top
    csrr    a0, mcause
    mv      a1, zero                    /* no place: the stack is the trouble */
    call    ek_report_trap
    .size ek_trap_entry, . - ek_trap_entry
