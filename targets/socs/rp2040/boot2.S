/* SPDX-License-Identifier: Apache-2.0 */
/* The second-stage boot loader: what the boot ROM copies from the flash's first 256 bytes into RAM
 * and runs, if the checksum in the last four is right (port.cmake puts it there). It lets the core
 * execute from a Winbond W25Q flash at full speed: quad I/O, continuous read, half of the system's
 * clock. It runs at any address. Where each value comes from: NOTES.md. */
    .syntax unified
    .cpu    cortex-m0plus
    .thumb

    .equ PADS_QSPI,      0x40020000
    .equ PAD_SCLK,       0x04
    .equ PAD_SD0,        0x08
    .equ SSI,            0x18000000
    .equ SSI_CTRLR0,     0x00
    .equ SSI_CTRLR1,     0x04
    .equ SSI_SSIENR,     0x08
    .equ SSI_BAUDR,      0x14
    .equ SSI_SR,         0x28
    .equ SSI_DR0,        0x60
    .equ SSI_RX_SAMPLE_DLY, 0xF0 /* from SSI on, too far for an offset of STR, as is the next */
    .equ SSI_SPI_CTRLR0, 0xF4
    .equ VTOR,           0xE000ED08
    .equ VECTORS,        0x10000100

    .equ READ_STATUS1,   0x05
    .equ READ_STATUS2,   0x35
    .equ WRITE_ENABLE,   0x06
    .equ WRITE_STATUS,   0x01
    .equ QUAD_ENABLE,    0x02 /* of status register 2 */
    .equ QUAD_READ,      0xEB
    .equ CONTINUE,       0xA0 /* mode bits: the next read comes without its command */

    .section .text
    .thumb_func
boot2:
    /* The clock pin drives 8 mA with fast edges, the data pins read without hysteresis. */
    ldr     r0, =PADS_QSPI
    movs    r1, #0x21
    str     r1, [r0, #PAD_SCLK]
    ldr     r1, [r0, #PAD_SD0]
    movs    r2, #2
    bics    r1, r2
    str     r1, [r0, #PAD_SD0]
    str     r1, [r0, #PAD_SD0 + 4]
    str     r1, [r0, #PAD_SD0 + 8]
    str     r1, [r0, #PAD_SD0 + 12]

    /* r4: the flash's interface; r5: those of its registers that are too far for r4 */
    ldr     r4, =SSI
    movs    r5, r4
    adds    r5, #SSI_RX_SAMPLE_DLY
    movs    r6, #0
    movs    r7, #1
    str     r6, [r4, #SSI_SSIENR]
    movs    r0, #2
    str     r0, [r4, #SSI_BAUDR]        /* system clock / 2 */
    str     r7, [r5, #0]                /* sample a cycle later: the way to the flash and back */
    ldr     r0, =7 << 16                /* one data line, frames of 8 bits, write and read */
    str     r0, [r4, #SSI_CTRLR0]
    str     r7, [r4, #SSI_SSIENR]

    /* Pins 3 and 7 of the flash carry data only once quad mode is enabled; that bit keeps. */
    movs    r0, #READ_STATUS2
    bl      ask
    movs    r1, #QUAD_ENABLE
    tst     r0, r1
    bne     quad
    movs    r0, #WRITE_ENABLE
    str     r0, [r4, #SSI_DR0]
    bl      finish
    ldr     r0, [r4, #SSI_DR0]
    movs    r0, #WRITE_STATUS
    str     r0, [r4, #SSI_DR0]
    str     r6, [r4, #SSI_DR0]          /* status register 1 */
    movs    r0, #QUAD_ENABLE
    str     r0, [r4, #SSI_DR0]          /* and 2 */
    bl      finish
    ldr     r0, [r4, #SSI_DR0]
    ldr     r0, [r4, #SSI_DR0]
    ldr     r0, [r4, #SSI_DR0]
1:  movs    r0, #READ_STATUS1           /* as long as it writes; without a flash nothing can run */
    bl      ask
    tst     r0, r7
    bne     1b

quad:
    /* One read with its command, whose mode bits say that the following ones come without. */
    str     r6, [r4, #SSI_SSIENR]
    ldr     r0, =2 << 21 | 31 << 16 | 3 << 8 /* four data lines, frames of 32 bits, read */
    str     r0, [r4, #SSI_CTRLR0]
    str     r6, [r4, #SSI_CTRLR1]
    /* Four dummy clocks, a command of 8 bits on one line, 24 bits of address and 8 of mode on four. */
    ldr     r0, =4 << 11 | 2 << 8 | 8 << 2 | 1
    str     r0, [r5, #SSI_SPI_CTRLR0 - SSI_RX_SAMPLE_DLY]
    str     r7, [r4, #SSI_SSIENR]
    movs    r0, #QUAD_READ
    str     r0, [r4, #SSI_DR0]
    movs    r0, #CONTINUE
    str     r0, [r4, #SSI_DR0]
    bl      finish

    /* From now on every access to the flash's addresses is such a read. */
    str     r6, [r4, #SSI_SSIENR]
    ldr     r0, =CONTINUE << 24 | 4 << 11 | 8 << 2 | 2
    str     r0, [r5, #SSI_SPI_CTRLR0 - SSI_RX_SAMPLE_DLY]
    str     r7, [r4, #SSI_SSIENR]

    ldr     r0, =VECTORS
    ldr     r1, =VTOR
    str     r0, [r1]
    ldmia   r0!, {r1, r2}
    msr     msp, r1
    bx      r2

/* Send the command in r0 and a byte more; r0: what came back with the latter. */
    .thumb_func
ask:
    mov     r3, lr
    str     r0, [r4, #SSI_DR0]
    str     r0, [r4, #SSI_DR0]
    bl      finish
    ldr     r0, [r4, #SSI_DR0]
    ldr     r0, [r4, #SSI_DR0]
    bx      r3

/* Until everything is sent: the buffer is empty (bit 2), the line idle (bit 0). Changes r0, r1. */
    .thumb_func
finish:
    ldr     r1, [r4, #SSI_SR]
    movs    r0, #4
    tst     r1, r0
    beq     finish
    tst     r1, r7
    bne     finish
    bx      lr
    .ltorg
