/* SPDX-License-Identifier: Apache-2.0 */
/* The assembler of ek_depthwise_band.h. A kernel is written where a layer first asks for it, into a
 * section and under a name of its own; the name has everything that it is made for, so layers that
 * ask for the same one find it there.
 *
 * The operands: stride, pair, exponent, step, row, unroll, odd, last; ek_band_shape_t. */
#ifndef EK_DEPTHWISE_BAND_DSP_H
#define EK_DEPTHWISE_BAND_DSP_H

/* clang-format off */
/* The stack: 0 M, C; 8 step, row; 16 end of the strip's blocks; 20 last; 24 bytes of input and of
 * output from a strip's end to the next one's begin; 32 the first strip; 36 bytes of a strip's
 * blocks; 40 in, out; 48 filters, channel_bytes; 56 stream; 60 bias. r12 is the input, lr the output. */
#define EK_BAND_ENTER \
    "push {r4-r11, lr}\n" \
    "sub sp, sp, #64\n" \
    "ldm r0!, {r1-r9}\n" /* in out filters channel_bytes step row blocks strips stream */ \
    "ldr r0, [r0]\n" \
    "str r0, [sp, #20]\n" \
    "strd r5, r6, [sp, #8]\n" \
    "strd r1, r2, [sp, #40]\n" \
    "strd r3, r4, [sp, #48]\n" \
    "str r9, [sp, #56]\n" \
    "lsl r10, r7, #2 + %c[stride]\n" \
    "str r10, [sp, #36]\n" \
    "add r10, r10, #%c[pair] * %c[stride]\n" \
    "mla r11, r6, r7, r5\n" \
    "lsl r11, r11, #1\n" \
    "strd r10, r11, [sp, #24]\n" \
    "sub r8, r8, #1\n" \
    "mov r10, #%c[pair] * %c[stride]\n" \
    "mls r8, r8, r10, r1\n" \
    "str r8, [sp, #32]\n" \
    "0:\n" \
    "ldr r0, [sp, #56]\n" \
    "ldrd r12, lr, [sp, #40]\n" \
    "ldr r2, [sp, #36]\n" \
    "add r2, r2, r12\n" \
    "str r2, [sp, #16]\n" \
    ".if %c[stride] == 1\n" \
    "ldm r0!, {r4-r11}\n" \
    "ldr r1, [r0], #4\n" \
    ".else\n" \
    "ldm r0!, {r4-r8, r10-r11}\n" \
    "ldr r1, [r0], #4\n" \
    ".endif\n" \
    "str r0, [sp, #56]\n" \
    "str r10, [sp, #60]\n" \
    "strd r11, r1, [sp]\n"

/* The next strip, the next channel. */
#define EK_BAND_LEAVE \
    "3:\n" \
    ".if %c[last] > 0\n" \
    "ldr r10, [sp, #16]\n" \
    ".endif\n" \
    "ldrd r0, r1, [sp, #24]\n" \
    "sub r12, r12, r0\n" \
    "sub lr, lr, r1\n" \
    "sub r10, r10, #%c[pair] * %c[stride]\n" \
    "str r10, [sp, #16]\n" \
    "ldr r0, [sp, #32]\n" \
    "cmp r12, r0\n" \
    "bhs.w 1b\n" \
    "ldrd r1, r2, [sp, #40]\n" \
    "ldrd r3, r10, [sp, #48]\n" \
    "add r0, r0, r10\n" \
    "str r0, [sp, #32]\n" \
    "add r1, r1, r10\n" \
    "add r2, r2, #1\n" \
    "strd r1, r2, [sp, #40]\n" \
    "subs r3, r3, #1\n" \
    "str r3, [sp, #48]\n" \
    "bne.w 0b\n" \
    "add sp, sp, #64\n" \
    "pop {r4-r11, pc}\n"

#define EK_BAND_SCALE(x) "smmla " #x ", " #x ", r10, r11\n"
#define EK_BAND_SATURATE(x) "ssat " #x ", #8, " #x ", asr #%c[exponent]\n"

/* r0, r1 the upper row, r2, r3 the lower one of the loop's block number `n`. */
#define EK_BAND_BLOCK_RESULTS(n) \
    "ldrd r10, r11, [sp]\n" \
    EK_BAND_SCALE(r0) EK_BAND_SCALE(r1) EK_BAND_SCALE(r2) EK_BAND_SCALE(r3) \
    ".if %c[step] == 0\n" \
    "ldrd r10, r11, [sp, #8]\n" \
    ".endif\n" \
    EK_BAND_SATURATE(r0) EK_BAND_SATURATE(r1) EK_BAND_SATURATE(r2) EK_BAND_SATURATE(r3) \
    ".if %c[step] == 0\n" \
    "add r11, r11, lr\n" \
    "strb r0, [lr]\n" \
    "strb r1, [lr, r10]\n" \
    "rsb lr, lr, r11, lsl #1\n" \
    "strb r2, [r11]\n" \
    "strb r3, [r11, r10]\n" \
    ".else\n" \
    "strb r0, [lr, #" #n " * 2 * %c[row]]\n" \
    "strb r1, [lr, #" #n " * 2 * %c[row] + %c[step]]\n" \
    "strb r2, [lr, #(" #n " * 2 + 1) * %c[row]]\n" \
    "strb r3, [lr, #(" #n " * 2 + 1) * %c[row] + %c[step]]\n" \
    ".endif\n"

#define EK_BAND_BLOCK(n) \
    ".if %c[stride] == 1\n" \
    EK_BAND_BLOCK_1 \
    ".else\n" \
    EK_BAND_BLOCK_2 \
    ".endif\n" \
    EK_BAND_BLOCK_RESULTS(n)

/* The strip of one column: r0 the upper row, r2 the lower one. */
#define EK_BAND_ODD(n) \
    ".if %c[stride] == 1\n" \
    EK_BAND_ODD_1 \
    ".else\n" \
    EK_BAND_ODD_2 \
    ".endif\n" \
    "ldrd r10, r11, [sp]\n" \
    EK_BAND_SCALE(r0) EK_BAND_SCALE(r2) \
    ".if %c[step] == 0\n" \
    "ldr r3, [sp, #12]\n" \
    ".endif\n" \
    EK_BAND_SATURATE(r0) EK_BAND_SATURATE(r2) \
    ".if %c[step] == 0\n" \
    "strb r0, [lr]\n" \
    "strb r2, [lr, r3]\n" \
    "add lr, lr, r3, lsl #1\n" \
    ".else\n" \
    "strb r0, [lr, #" #n " * 2 * %c[row]]\n" \
    "strb r2, [lr, #(" #n " * 2 + 1) * %c[row]]\n" \
    ".endif\n"

/* Blocks to the strip's end. */
#define EK_BAND_BLOCKS(block) \
    block(0) \
    ".if %c[unroll] > 1\n" block(1) ".endif\n" \
    ".if %c[unroll] > 2\n" block(2) ".endif\n" \
    "ldr r10, [sp, #16]\n" \
    ".if %c[step] > 0\n" \
    "add lr, lr, #2 * %c[unroll] * %c[row]\n" \
    ".endif\n" \
    "cmp r12, r10\n" \
    "bne.w 2b\n"

/* To label `to` where the strip has no blocks, which the last row alone makes possible. */
#define EK_BAND_UNLESS_BLOCKS(to) \
    ".if %c[last] == 1\n" \
    "ldr r10, [sp, #16]\n" \
    "cmp r12, r10\n" \
    "beq.w " to "\n" \
    ".endif\n" \
    "2:\n"

/* The last row, where there is one; `row` leaves its one or two sums in r0 and r1. */
#define EK_BAND_LAST(row, results) \
    "5:\n" \
    ".if %c[last] > 0\n" \
    ".if %c[last] == 1\n" \
    "ldr r10, [sp, #20]\n" \
    "cmp r10, #0\n" \
    "beq.w 3f\n" \
    ".endif\n" \
    ".if %c[stride] == 1\n" \
    row##_1 \
    ".else\n" \
    row##_2 \
    ".endif\n" \
    "ldrd r10, r11, [sp]\n" \
    results \
    ".endif\n"

#define EK_BAND_ROW_RESULTS \
    EK_BAND_SCALE(r0) EK_BAND_SCALE(r1) EK_BAND_SATURATE(r0) EK_BAND_SATURATE(r1) \
    "strb r0, [lr]\n" \
    ".if %c[step] == 0\n" \
    "ldr r10, [sp, #8]\n" \
    "strb r1, [lr, r10]\n" \
    ".else\n" \
    "strb r1, [lr, #%c[step]]\n" \
    ".endif\n"

#define EK_BAND_ODD_ROW_RESULTS \
    EK_BAND_SCALE(r0) EK_BAND_SATURATE(r0) \
    "strb r0, [lr]\n"

#define EK_BAND_ODD_1 \
    "ldrd r10, r11, [r12]\n" /* a0 a1 */ \
    "ldr r2, [sp, #60]\n" \
    "smlad r0, r10, r4, r2\n" \
    "smlad r0, r11, r5, r0\n" \
    "smlad r2, r11, r4, r2\n" \
    "ldrd r10, r11, [r12, #8]!\n" /* a2 a3 */ \
    "smlad r0, r10, r6, r0\n" \
    "smlad r2, r10, r5, r2\n" \
    "smlad r2, r11, r6, r2\n" \
    "ldrd r10, r11, [r12, #%c[pair] - 8]\n" /* b0 b1 */ \
    "smlabt r0, r10, r7, r0\n" \
    "smlabt r0, r11, r8, r0\n" \
    "smlabt r2, r11, r7, r2\n" \
    "ldrd r10, r11, [r12, #%c[pair]]\n" /* b2 b3 */ \
    "smlabt r0, r10, r9, r0\n" \
    "smlabt r2, r10, r8, r2\n" \
    "smlabt r2, r11, r9, r2\n"

#define EK_BAND_ODD_2 \
    "ldm r12!, {r9-r11}\n" /* a0 a1 a2 */ \
    "ldr r2, [sp, #60]\n" \
    "smlad r0, r9, r4, r2\n" \
    "smlad r0, r10, r5, r0\n" \
    "smlad r0, r11, r6, r0\n" \
    "smlad r2, r11, r4, r2\n" \
    "ldrd r9, r10, [r12], #%c[pair] - 12\n" /* a3 a4 */ \
    "smlad r2, r9, r5, r2\n" \
    "smlad r2, r10, r6, r2\n" \
    "ldm r12!, {r9-r11}\n" /* b0 b1 b2 */ \
    "smlabb r0, r9, r7, r0\n" \
    "smlabt r0, r10, r7, r0\n" \
    "smlabb r0, r11, r8, r0\n" \
    "smlabb r2, r11, r7, r2\n" \
    "ldrd r9, r10, [r12], #4 - %c[pair]\n" /* b3 b4 */ \
    "smlabt r2, r9, r7, r2\n" \
    "smlabb r2, r10, r8, r2\n"

#define EK_BAND_BLOCK_1 \
    "ldrd r10, r11, [r12]\n" /* a0 a1 */ \
    "ldr r3, [sp, #60]\n" \
    "smlad r0, r10, r4, r3\n" \
    "smlatb r1, r10, r4, r3\n" \
    "smlad r0, r11, r5, r0\n" \
    "smlatb r1, r11, r5, r1\n" \
    "smlad r2, r11, r4, r3\n" \
    "smlatb r3, r11, r4, r3\n" \
    "ldrd r10, r11, [r12, #8]!\n" /* a2 a3 */ \
    "smlad r0, r10, r6, r0\n" \
    "smlatb r1, r10, r6, r1\n" \
    "smlad r2, r10, r5, r2\n" \
    "smlatb r3, r10, r5, r3\n" \
    "smlad r2, r11, r6, r2\n" \
    "smlatb r3, r11, r6, r3\n" \
    "ldrd r10, r11, [r12, #%c[pair] - 8]\n" /* b0 b1 */ \
    "smlabt r0, r10, r7, r0\n" \
    "smlad r1, r10, r7, r1\n" \
    "smlabt r0, r11, r8, r0\n" \
    "smlad r1, r11, r8, r1\n" \
    "smlabt r2, r11, r7, r2\n" \
    "smlad r3, r11, r7, r3\n" \
    "ldrd r10, r11, [r12, #%c[pair]]\n" /* b2 b3 */ \
    "smlabt r0, r10, r9, r0\n" \
    "smlad r1, r10, r9, r1\n" \
    "smlabt r2, r10, r8, r2\n" \
    "smlad r3, r10, r8, r3\n" \
    "smlabt r2, r11, r9, r2\n" \
    "smlad r3, r11, r9, r3\n"

#define EK_BAND_BLOCK_2 \
    "ldm r12!, {r9-r11}\n" /* a0 a1 a2 */ \
    "ldr r3, [sp, #60]\n" \
    "smlad r0, r9, r4, r3\n" \
    "smlad r0, r10, r5, r0\n" \
    "smlad r0, r11, r6, r0\n" \
    "smlad r2, r11, r4, r3\n" \
    "ldrd r9, r10, [r12], #%c[pair] - 12\n" /* a3 a4 */ \
    "smlad r2, r9, r5, r2\n" \
    "smlad r2, r10, r6, r2\n" \
    "ldm r12!, {r9-r11}\n" /* b0 b1 b2 */ \
    "smlad r1, r9, r4, r3\n" \
    "smlabb r0, r9, r7, r0\n" \
    "smlad r1, r10, r5, r1\n" \
    "smlabt r0, r10, r7, r0\n" \
    "smlad r1, r11, r6, r1\n" \
    "smlabb r0, r11, r8, r0\n" \
    "smlad r3, r11, r4, r3\n" \
    "smlabb r2, r11, r7, r2\n" \
    "ldrd r9, r10, [r12], #%c[pair] - 12\n" /* b3 b4 */ \
    "smlad r3, r9, r5, r3\n" \
    "smlabt r2, r9, r7, r2\n" \
    "smlad r3, r10, r6, r3\n" \
    "smlabb r2, r10, r8, r2\n" \
    "ldm r12!, {r9-r11}\n" /* c0 c1 c2 */ \
    "smlabb r1, r9, r7, r1\n" \
    "smlabt r1, r10, r7, r1\n" \
    "smlabb r1, r11, r8, r1\n" \
    "smlabb r3, r11, r7, r3\n" \
    "ldrd r9, r10, [r12], #4 - 2 * %c[pair]\n" /* c3 c4 */ \
    "smlabt r3, r9, r7, r3\n" \
    "smlabb r3, r10, r8, r3\n"

/* One row; the input stays where it is, the next strip comes next. */
#define EK_BAND_ODD_ROW_1 \
    "ldrd r10, r11, [r12]\n" /* a0 a1 */ \
    "ldr r3, [sp, #60]\n" \
    "smlad r0, r10, r4, r3\n" \
    "smlad r0, r11, r5, r0\n" \
    "ldr r10, [r12, #8]\n" /* a2 */ \
    "ldr r11, [r12, #%c[pair]]\n" /* b0 */ \
    "smlad r0, r10, r6, r0\n" \
    "smlabt r0, r11, r7, r0\n" \
    "ldrd r10, r11, [r12, #%c[pair] + 4]\n" /* b1 b2 */ \
    "smlabt r0, r10, r8, r0\n" \
    "smlabt r0, r11, r9, r0\n"

#define EK_BAND_ROW_1 \
    "ldrd r10, r11, [r12]\n" /* a0 a1 */ \
    "ldr r3, [sp, #60]\n" \
    "smlad r0, r10, r4, r3\n" \
    "smlatb r1, r10, r4, r3\n" \
    "smlad r0, r11, r5, r0\n" \
    "smlatb r1, r11, r5, r1\n" \
    "ldr r10, [r12, #8]\n" /* a2 */ \
    "ldr r11, [r12, #%c[pair]]\n" /* b0 */ \
    "smlad r0, r10, r6, r0\n" \
    "smlatb r1, r10, r6, r1\n" \
    "smlabt r0, r11, r7, r0\n" \
    "smlad r1, r11, r7, r1\n" \
    "ldrd r10, r11, [r12, #%c[pair] + 4]\n" /* b1 b2 */ \
    "smlabt r0, r10, r8, r0\n" \
    "smlad r1, r10, r8, r1\n" \
    "smlabt r0, r11, r9, r0\n" \
    "smlad r1, r11, r9, r1\n"

#define EK_BAND_ODD_ROW_2 \
    "ldm r12, {r9-r11}\n" /* a0 a1 a2 */ \
    "ldr r3, [sp, #60]\n" \
    "smlad r0, r9, r4, r3\n" \
    "smlad r0, r10, r5, r0\n" \
    "smlad r0, r11, r6, r0\n" \
    "ldrd r9, r10, [r12, #%c[pair]]\n" /* b0 b1 */ \
    "ldr r11, [r12, #%c[pair] + 8]\n" /* b2 */ \
    "smlabb r0, r9, r7, r0\n" \
    "smlabt r0, r10, r7, r0\n" \
    "smlabb r0, r11, r8, r0\n"

#define EK_BAND_ROW_2 \
    EK_BAND_ODD_ROW_2 \
    "smlad r1, r9, r4, r3\n" \
    "smlad r1, r10, r5, r1\n" \
    "smlad r1, r11, r6, r1\n" \
    "ldrd r9, r10, [r12, #2 * %c[pair]]\n" /* c0 c1 */ \
    "ldr r11, [r12, #2 * %c[pair] + 8]\n" /* c2 */ \
    "smlabb r1, r9, r7, r1\n" \
    "smlabt r1, r10, r7, r1\n" \
    "smlabb r1, r11, r8, r1\n"

#define EK_BAND_NAME \
    "ek_band_%c[stride]_%c[pair]_%c[exponent]_%c[step]_%c[row]_%c[unroll]_%c[odd]_%c[last]"

#endif
