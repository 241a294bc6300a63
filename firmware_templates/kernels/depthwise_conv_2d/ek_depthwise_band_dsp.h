/* SPDX-License-Identifier: Apache-2.0 */
/* The assembler of ek_depthwise_band.h, as macros over the stride, the band's rows and the
 * exponent, which are parts of instructions. */
#ifndef EK_DEPTHWISE_BAND_DSP_H
#define EK_DEPTHWISE_BAND_DSP_H

/* The stack: 0 M, C; 8 step, row; 16 bias; 20 end of the strip; 24 bytes of input and of output
 * from a strip's end to the next one's begin; 32 the first strip; 36 bytes of a strip's blocks;
 * 40 in, out; 48 filters, channel_bytes; 56 stream; 60 odd. r12 is the input, lr the output. */
#define EK_BAND_ENTER(rows, stride)                                                                \
    "push {r4-r11, lr}\n"                                                                          \
    "sub sp, sp, #64\n"                                                                            \
    "ldm r0!, {r1-r9}\n" /* in out filters channel_bytes step row blocks strips stream */          \
    "ldr r0, [r0]\n"                                                                               \
    "str r0, [sp, #60]\n"                                                                          \
    "strd r5, r6, [sp, #8]\n"                                                                      \
    "strd r1, r2, [sp, #40]\n"                                                                     \
    "strd r3, r4, [sp, #48]\n"                                                                     \
    "str r9, [sp, #56]\n"                                                                          \
    "lsl r10, r7, #(2 + " #stride ")\n"                                                            \
    "str r10, [sp, #36]\n"                                                                         \
    "add r10, r10, #(16 * " #rows " * " #stride ")\n"                                              \
    "mla r11, r6, r7, r5\n"                                                                        \
    "lsl r11, r11, #1\n"                                                                           \
    "strd r10, r11, [sp, #24]\n"                                                                   \
    "sub r8, r8, #1\n"                                                                             \
    "mov r10, #(16 * " #rows " * " #stride ")\n"                                                   \
    "mls r8, r8, r10, r1\n"                                                                        \
    "str r8, [sp, #32]\n"                                                                          \
    "0:\n"                                                                                         \
    "ldr r0, [sp, #56]\n"                                                                          \
    "ldrd r12, lr, [sp, #40]\n"                                                                    \
    "ldr r2, [sp, #36]\n"                                                                          \
    "add r2, r2, r12\n"                                                                            \
    "str r2, [sp, #20]\n"

/* r0, r1 upper row, r2, r3 lower row: requantized and stored; the next block, strip, channel. */
#define EK_BAND_LEAVE(rows, stride, exponent)                                                      \
    "ldrd r10, r11, [sp]\n"                                                                        \
    "smmla r0, r0, r10, r11\n"                                                                     \
    "smmla r1, r1, r10, r11\n"                                                                     \
    "smmla r2, r2, r10, r11\n"                                                                     \
    "smmla r3, r3, r10, r11\n"                                                                     \
    "ldrd r10, r11, [sp, #8]\n"                                                                    \
    "ssat r0, #8, r0, asr #" #exponent "\n"                                                        \
    "ssat r1, #8, r1, asr #" #exponent "\n"                                                        \
    "ssat r2, #8, r2, asr #" #exponent "\n"                                                        \
    "ssat r3, #8, r3, asr #" #exponent "\n"                                                        \
    "add r11, r11, lr\n"                                                                           \
    "strb r3, [r11, r10]\n"                                                                        \
    "strb r2, [r11]\n"                                                                             \
    "strb r1, [lr, r10]\n"                                                                         \
    "strb r0, [lr]\n"                                                                              \
    "rsb lr, lr, r11, lsl #1\n"                                                                    \
    "ldr r10, [sp, #20]\n"                                                                         \
    "cmp r12, r10\n"                                                                               \
    "bne 1b\n"                                                                                     \
    "3:\n"                                                                                         \
    "ldrd r0, r1, [sp, #24]\n"                                                                     \
    "sub r12, r12, r0\n"                                                                           \
    "sub lr, lr, r1\n"                                                                             \
    "sub r10, r10, #(16 * " #rows " * " #stride ")\n"                                              \
    "str r10, [sp, #20]\n"                                                                         \
    "ldr r0, [sp, #32]\n"                                                                          \
    "cmp r12, r0\n"                                                                                \
    "bhs 1b\n"                                                                                     \
    "ldrd r1, r2, [sp, #40]\n"                                                                     \
    "ldrd r3, r10, [sp, #48]\n"                                                                    \
    "add r0, r0, r10\n"                                                                            \
    "str r0, [sp, #32]\n"                                                                          \
    "add r1, r1, r10\n"                                                                            \
    "add r2, r2, #1\n"                                                                             \
    "strd r1, r2, [sp, #40]\n"                                                                     \
    "subs r3, r3, #1\n"                                                                            \
    "str r3, [sp, #48]\n"                                                                          \
    "bne 0b\n"                                                                                     \
    "add sp, sp, #64\n"                                                                            \
    "pop {r4-r11, pc}\n"

/* The strip of one column: r0 the upper row, r2 the lower one. */
#define EK_BAND_ODD_ENTER                                                                          \
    "ldr r0, [sp, #60]\n"                                                                          \
    "cmp r0, #0\n"                                                                                 \
    "beq 1f\n"                                                                                     \
    "2:\n"                                                                                         \
    "ldr r2, [sp, #16]\n"

#define EK_BAND_ODD_LEAVE(exponent)                                                                \
    "ldrd r10, r11, [sp]\n"                                                                        \
    "ldr r3, [sp, #12]\n"                                                                          \
    "smmla r0, r0, r10, r11\n"                                                                     \
    "smmla r2, r2, r10, r11\n"                                                                     \
    "ssat r0, #8, r0, asr #" #exponent "\n"                                                        \
    "ssat r2, #8, r2, asr #" #exponent "\n"                                                        \
    "strb r2, [lr, r3]\n"                                                                          \
    "strb r0, [lr]\n"                                                                              \
    "add lr, lr, r3, lsl #1\n"                                                                     \
    "ldr r10, [sp, #20]\n"                                                                         \
    "cmp r12, r10\n"                                                                               \
    "bne 2b\n"                                                                                     \
    "b 3f\n"

#define EK_BAND_ODD_1(rows)                                                                        \
    "ldrd r10, r11, [r12]\n" /* a0 a1 */                                                           \
    "smlad r0, r10, r4, r2\n"                                                                      \
    "smlad r0, r11, r5, r0\n"                                                                      \
    "smlad r2, r11, r4, r2\n"                                                                      \
    "ldrd r10, r11, [r12, #8]!\n" /* a2 a3 */                                                      \
    "smlad r0, r10, r6, r0\n"                                                                      \
    "smlad r2, r10, r5, r2\n"                                                                      \
    "smlad r2, r11, r6, r2\n"                                                                      \
    "ldrd r10, r11, [r12, #(16 * " #rows " - 8)]\n" /* b0 b1 */                                    \
    "smlabt r0, r10, r7, r0\n"                                                                     \
    "smlabt r0, r11, r8, r0\n"                                                                     \
    "smlabt r2, r11, r7, r2\n"                                                                     \
    "ldrd r10, r11, [r12, #(16 * " #rows ")]\n" /* b2 b3 */                                        \
    "smlabt r0, r10, r9, r0\n"                                                                     \
    "smlabt r2, r10, r8, r2\n"                                                                     \
    "smlabt r2, r11, r9, r2\n"

#define EK_BAND_ODD_2(rows)                                                                        \
    "ldm r12!, {r9-r11}\n" /* a0 a1 a2 */                                                          \
    "smlad r0, r9, r4, r2\n"                                                                       \
    "smlad r0, r10, r5, r0\n"                                                                      \
    "smlad r0, r11, r6, r0\n"                                                                      \
    "smlad r2, r11, r4, r2\n"                                                                      \
    "ldrd r9, r10, [r12], #(16 * " #rows " - 12)\n" /* a3 a4 */                                    \
    "smlad r2, r9, r5, r2\n"                                                                       \
    "smlad r2, r10, r6, r2\n"                                                                      \
    "ldm r12!, {r9-r11}\n" /* b0 b1 b2 */                                                          \
    "smlabb r0, r9, r7, r0\n"                                                                      \
    "smlabt r0, r10, r7, r0\n"                                                                     \
    "smlabb r0, r11, r8, r0\n"                                                                     \
    "smlabb r2, r11, r7, r2\n"                                                                     \
    "ldrd r9, r10, [r12], #(4 - 16 * " #rows ")\n" /* b3 b4 */                                     \
    "smlabt r2, r9, r7, r2\n"                                                                      \
    "smlabb r2, r10, r8, r2\n"

#define EK_BAND_KERNEL(stride, rows, exponent)                                                     \
    static __attribute__((naked, noinline, unused)) void ek_band_##stride##_##rows##_##exponent(   \
        const ek_band_part_t *part __attribute__((unused)))                                        \
    {                                                                                              \
        __asm__ volatile(EK_BAND_ENTER(rows, stride)                                               \
                             EK_BAND_STREAM_##stride EK_BAND_ODD_ENTER EK_BAND_ODD_##stride(rows)  \
                                 EK_BAND_ODD_LEAVE(exponent) EK_BAND_BLOCK_##stride(rows)          \
                                     EK_BAND_LEAVE(rows, stride, exponent));                       \
    }

#define EK_BAND_STREAM_1                                                                           \
    "ldm r0!, {r4-r11}\n"                                                                          \
    "ldr r1, [r0], #4\n"                                                                           \
    "str r0, [sp, #56]\n"                                                                          \
    "str r10, [sp, #16]\n"                                                                         \
    "strd r11, r1, [sp]\n"

#define EK_BAND_BLOCK_1(rows)                                                                      \
    "1:\n"                                                                                         \
    "ldr r3, [sp, #16]\n"                                                                          \
    "ldrd r10, r11, [r12]\n" /* a0 a1 */                                                           \
    "smlad r0, r10, r4, r3\n"                                                                      \
    "smlatb r1, r10, r4, r3\n"                                                                     \
    "smlad r0, r11, r5, r0\n"                                                                      \
    "smlatb r1, r11, r5, r1\n"                                                                     \
    "smlad r2, r11, r4, r3\n"                                                                      \
    "smlatb r3, r11, r4, r3\n"                                                                     \
    "ldrd r10, r11, [r12, #8]!\n" /* a2 a3 */                                                      \
    "smlad r0, r10, r6, r0\n"                                                                      \
    "smlatb r1, r10, r6, r1\n"                                                                     \
    "smlad r2, r10, r5, r2\n"                                                                      \
    "smlatb r3, r10, r5, r3\n"                                                                     \
    "smlad r2, r11, r6, r2\n"                                                                      \
    "smlatb r3, r11, r6, r3\n"                                                                     \
    "ldrd r10, r11, [r12, #(16 * " #rows " - 8)]\n" /* b0 b1 */                                    \
    "smlabt r0, r10, r7, r0\n"                                                                     \
    "smlad r1, r10, r7, r1\n"                                                                      \
    "smlabt r0, r11, r8, r0\n"                                                                     \
    "smlad r1, r11, r8, r1\n"                                                                      \
    "smlabt r2, r11, r7, r2\n"                                                                     \
    "smlad r3, r11, r7, r3\n"                                                                      \
    "ldrd r10, r11, [r12, #(16 * " #rows ")]\n" /* b2 b3 */                                        \
    "smlabt r0, r10, r9, r0\n"                                                                     \
    "smlad r1, r10, r9, r1\n"                                                                      \
    "smlabt r2, r10, r8, r2\n"                                                                     \
    "smlad r3, r10, r8, r3\n"                                                                      \
    "smlabt r2, r11, r9, r2\n"                                                                     \
    "smlad r3, r11, r9, r3\n"

#define EK_BAND_STREAM_2                                                                           \
    "ldm r0!, {r4-r11}\n"                                                                          \
    "str r0, [sp, #56]\n"                                                                          \
    "str r9, [sp, #16]\n"                                                                          \
    "strd r10, r11, [sp]\n"

#define EK_BAND_BLOCK_2(rows)                                                                      \
    "1:\n"                                                                                         \
    "ldr r3, [sp, #16]\n"                                                                          \
    "ldm r12!, {r9-r11}\n" /* a0 a1 a2 */                                                          \
    "smlad r0, r9, r4, r3\n"                                                                       \
    "smlad r0, r10, r5, r0\n"                                                                      \
    "smlad r0, r11, r6, r0\n"                                                                      \
    "smlad r2, r11, r4, r3\n"                                                                      \
    "ldrd r9, r10, [r12], #(16 * " #rows " - 12)\n" /* a3 a4 */                                    \
    "smlad r2, r9, r5, r2\n"                                                                       \
    "smlad r2, r10, r6, r2\n"                                                                      \
    "ldm r12!, {r9-r11}\n" /* b0 b1 b2 */                                                          \
    "smlad r1, r9, r4, r3\n"                                                                       \
    "smlabb r0, r9, r7, r0\n"                                                                      \
    "smlad r1, r10, r5, r1\n"                                                                      \
    "smlabt r0, r10, r7, r0\n"                                                                     \
    "smlad r1, r11, r6, r1\n"                                                                      \
    "smlabb r0, r11, r8, r0\n"                                                                     \
    "smlad r3, r11, r4, r3\n"                                                                      \
    "smlabb r2, r11, r7, r2\n"                                                                     \
    "ldrd r9, r10, [r12], #(16 * " #rows " - 12)\n" /* b3 b4 */                                    \
    "smlad r3, r9, r5, r3\n"                                                                       \
    "smlabt r2, r9, r7, r2\n"                                                                      \
    "smlad r3, r10, r6, r3\n"                                                                      \
    "smlabb r2, r10, r8, r2\n"                                                                     \
    "ldm r12!, {r9-r11}\n" /* c0 c1 c2 */                                                          \
    "smlabb r1, r9, r7, r1\n"                                                                      \
    "smlabt r1, r10, r7, r1\n"                                                                     \
    "smlabb r1, r11, r8, r1\n"                                                                     \
    "smlabb r3, r11, r7, r3\n"                                                                     \
    "ldrd r9, r10, [r12], #(4 - 32 * " #rows ")\n" /* c3 c4 */                                     \
    "smlabt r3, r9, r7, r3\n"                                                                      \
    "smlabb r3, r10, r8, r3\n"

#endif
