/* SPDX-License-Identifier: Apache-2.0 */
/* Four channels of an NHWC image as 16-bit pairs of neighbouring columns, for SMLAD.
 *
 * A band holds `rows` rows of the image with its border: word [pair][channel][row] has the padded
 * columns 2 * pair (lower half) and 2 * pair + 1. The border holds the zero point, whose part of
 * every sum is in the bias. Rows come in twos, because they are stored in twos.
 *
 * The C of this file is the specification; the assembler does the same for whole groups of
 * channels, 24 instructions for 16 elements. */
#ifndef EK_DEPTHWISE_PAIRS_H
#define EK_DEPTHWISE_PAIRS_H

#include "ek_types.h"

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define EK_DEPTHWISE_ASM 1
#else
#define EK_DEPTHWISE_ASM 0
#endif

/* A function in assembler, or one that all layers share. */
#define EK_SHARED static __attribute__((noinline, unused))

enum { EK_PAIRS_CHANNELS = 4 };

/* What the assembler reads of two rows. */
typedef struct {
    const void *upper, *lower; /* the first column's words of the two rows */
    int32_t upper_step, lower_step;
    uint32_t border;
    int32_t left;  /* whether the first pair begins with the border */
    int32_t count; /* of pairs inside */
    int32_t right; /* whether a pair ends with the border */
    int32_t times; /* so often, `advance` bytes further in both rows */
    int32_t advance;
} ek_pairs_rows_t;

/* The assembler; NULL elsewhere. */
typedef void (*ek_pairs_gather_t)(int32_t *band, ek_pairs_rows_t *from);
typedef void (*ek_pairs_scroll_t)(int32_t *band, int32_t pairs);

typedef struct {
    int32_t height, width, channels; /* of the image */
    int32_t pad;                     /* columns before the first one: 0 or 1 */
    int32_t zero_point;
    int32_t rows;  /* of a band, even */
    int32_t pairs; /* of a row */
    ek_pairs_gather_t gather;
    ek_pairs_scroll_t scroll;
    ek_pairs_rows_t from; /* ek_pairs_begin's */
} ek_pairs_t;

static inline int32_t ek_pair(int32_t low, int32_t high)
{
    return (int32_t)(((uint32_t)low & 0xFFFFU) | ((uint32_t)high << 16));
}

static inline void ek_pairs_clear(const ek_pairs_t *p, int32_t *band)
{
    const int32_t border = ek_pair(p->zero_point, p->zero_point);
    for (int32_t i = p->pairs * EK_PAIRS_CHANNELS * p->rows; i > 0; i -= 4) {
        *band++ = border;
        *band++ = border;
        *band++ = border;
        *band++ = border;
    }
}

static inline int32_t ek_pairs_at(const ek_pairs_t *p, const int8_t *image, int32_t y, int32_t x)
{
    if (y < 0 || y >= p->height || x < 0 || x >= p->width) {
        return p->zero_point;
    }
    return image[(y * p->width + x) * p->channels];
}

/* Rows `y` to, not including, `end` of the image, in twos, `count` channels from `image` on, into
 * the rows at `band`. */
EK_SHARED void ek_pairs_gather_c(const ek_pairs_t *p, const int8_t *image, int32_t y, int32_t end,
                                 int32_t count, int32_t *band)
{
    for (int32_t row = 0; row < ((end - y + 1) & ~1); row++) {
        for (int32_t pair = 0; pair < p->pairs; pair++) {
            const int32_t x = 2 * pair - p->pad;
            for (int32_t c = 0; c < count; c++) {
                band[(pair * EK_PAIRS_CHANNELS + c) * p->rows + row] =
                    ek_pair(ek_pairs_at(p, image + c, y + row, x),
                            ek_pairs_at(p, image + c, y + row, x + 1));
            }
        }
    }
}

#if EK_DEPTHWISE_ASM

/* r9, r10: words of two neighbouring columns; the halves with channels 0, 1 and 2, 3 of both. */
#define EK_PAIRS_UPPER                                                                             \
    "pkhbt r11, r9, r10, lsl #16\n"                                                                \
    "pkhtb r12, r10, r9, asr #16\n"
#define EK_PAIRS_LOWER                                                                             \
    "pkhbt lr, r9, r10, lsl #16\n"                                                                 \
    "pkhtb r10, r10, r9, asr #16\n"
#define EK_PAIRS_STORE                                                                             \
    "sxtb16 r6, r11, ror #8\n"                                                                     \
    "sxtb16 r9, lr, ror #8\n"                                                                      \
    "strd r6, r9, [r0, #4 * %c[rows]]\n"                                                           \
    "sxtb16 r6, r12\n"                                                                             \
    "sxtb16 r9, r10\n"                                                                             \
    "strd r6, r9, [r0, #8 * %c[rows]]\n"                                                           \
    "sxtb16 r6, r12, ror #8\n"                                                                     \
    "sxtb16 r9, r10, ror #8\n"                                                                     \
    "strd r6, r9, [r0, #12 * %c[rows]]\n"                                                          \
    "sxtb16 r6, r11\n"                                                                             \
    "sxtb16 r9, lr\n"                                                                              \
    "strd r6, r9, [r0], #16 * %c[rows]\n"

/* A function for bands of `rows` rows, written where it is first asked for, into a section and
 * under a name of its own. */
#define EK_PAIRS_FUNCTION(name, body)                                                              \
    ".ifndef " name "\n"                                                                           \
    ".pushsection .text." name ", \"ax\", %%progbits\n"                                            \
    ".p2align 2\n"                                                                                 \
    ".thumb_func\n"                                                                                \
    ".type " name ", %%function\n" name ":\n" body ".size " name ", . - " name "\n"                \
    ".popsection\n"                                                                                \
    ".endif\n"                                                                                     \
    "movw %[function], #:lower16:" name "\n"                                                       \
    "movt %[function], #:upper16:" name "\n"

/* clang-format off */
/* One pair of columns inside. */
#define EK_PAIRS_INSIDE \
    "ldr r9, [r1]\n" \
    "ldr r10, [r1, r3]\n" \
    "ldr lr, [r2]\n" \
    "ldr r6, [r2, r4]\n" \
    "add r1, r1, r3, lsl #1\n" \
    "add r2, r2, r4, lsl #1\n" \
    EK_PAIRS_UPPER \
    "pkhtb r10, r6, lr, asr #16\n" \
    "pkhbt lr, lr, r6, lsl #16\n" \
    EK_PAIRS_STORE

#define EK_PAIRS_GATHER \
    "push {r4-r11, lr}\n" \
    "0:\n" \
    "push {r0, r1}\n" \
    "ldm r1, {r1-r8}\n" \
    "cmp r6, #0\n" \
    "beq 1f\n" \
    "mov r9, r5\n" \
    "ldr r10, [r1]\n" \
    "add r1, r1, r3\n" \
    EK_PAIRS_UPPER \
    "mov r9, r5\n" \
    "ldr r10, [r2]\n" \
    "add r2, r2, r4\n" \
    EK_PAIRS_LOWER EK_PAIRS_STORE \
    "1:\n" \
    "cmp r7, #0\n" \
    "beq.w 3f\n" \
    "tst r7, #1\n" \
    "beq.w 2f\n" \
    EK_PAIRS_INSIDE \
    "subs r7, r7, #1\n" \
    "beq.w 3f\n" \
    "2:\n" \
    EK_PAIRS_INSIDE EK_PAIRS_INSIDE \
    "subs r7, r7, #2\n" \
    "bne.w 2b\n" \
    "3:\n" \
    "cmp r8, #0\n" \
    "beq 4f\n" \
    "ldr r9, [r1]\n" \
    "mov r10, r5\n" \
    EK_PAIRS_UPPER \
    "ldr r9, [r2]\n" \
    "mov r10, r5\n" \
    EK_PAIRS_LOWER EK_PAIRS_STORE \
    "4:\n" \
    "pop {r0, r1}\n" \
    "add r0, r0, #8\n" \
    "ldrd r2, r3, [r1]\n" \
    "ldrd r4, r5, [r1, #32]\n" \
    "add r2, r2, r5\n" \
    "add r3, r3, r5\n" \
    "strd r2, r3, [r1]\n" \
    "subs r4, r4, #1\n" \
    "str r4, [r1, #32]\n" \
    "bne.w 0b\n" \
    "pop {r4-r11, pc}\n"
/* clang-format on */

/* ek_pairs_gather_c for 4 channels. The times are counted in `from`. */
EK_KERNEL ek_pairs_gather_t ek_pairs_gather_function(int32_t rows)
{
    uintptr_t function;
    /* clang-format off */
    __asm__(EK_PAIRS_FUNCTION(
        "ek_pairs_gather_%c[rows]",
        EK_PAIRS_GATHER)
        : [function] "=r"(function)
        : [rows] "i"(rows));
    /* clang-format on */
    return (ek_pairs_gather_t)function;
}

/* Before the first row: the whole band becomes border. */
EK_SHARED void ek_pairs_begin(ek_pairs_t *p, int32_t *band)
{
    const int32_t whole = (p->width - p->pad) / 2;
    const int32_t room = p->pairs - p->pad;
    p->from.border = (uint32_t)(p->zero_point & 0xFF) * 0x01010101U;
    p->from.left = p->pad;
    p->from.count = whole < room ? whole : room;
    p->from.right = whole < room && ((p->width - p->pad) & 1) != 0;
    p->from.advance = 2 * p->width * p->channels;
    ek_pairs_clear(p, band);
}

/* Row `y` and the one below, and the same `times` - 1 times more, two rows further each time;
 * whether the two are inside of the image is the same every time. */
static inline void ek_pairs_gather_alike(ek_pairs_t *p, const int8_t *image, int32_t y,
                                         int32_t times, int32_t *band)
{
    ek_pairs_rows_t *const from = &p->from;
    const int32_t bytes = p->width * p->channels;
    from->times = times;
    from->upper = &from->border;
    from->lower = &from->border;
    from->upper_step = 0;
    from->lower_step = 0;
    if (y >= 0 && y < p->height) {
        from->upper = image + y * bytes;
        from->upper_step = p->channels;
    }
    if (y + 1 >= 0 && y + 1 < p->height) {
        from->lower = image + (y + 1) * bytes;
        from->lower_step = p->channels;
    }
    p->gather(band, from);
}

/* A row of an image of one channel: four columns a word. */
static inline void ek_pairs_single_row(const ek_pairs_t *p, const int8_t *row, int32_t *to)
{
    const int32_t step = EK_PAIRS_CHANNELS * p->rows;
    int32_t left = p->pairs;
    int32_t x = -p->pad;
    while (left > 0) {
        const int32_t words = x < 0 ? 0 : (p->width - x) / 4;
        for (int32_t n = words < left / 2 ? words : left / 2; n > 0; n--) {
            uint32_t word;
            int32_t even;
            int32_t odd;
            __builtin_memcpy(&word, row + x, sizeof word);
            __asm__("sxtb16 %0, %1" : "=r"(even) : "r"(word));
            __asm__("sxtb16 %0, %1, ror #8" : "=r"(odd) : "r"(word));
            to[0] = ek_pair(even, odd);
            to[step] = (int32_t)(((uint32_t)even >> 16) | ((uint32_t)odd & 0xFFFF0000U));
            to += 2 * step;
            x += 4;
            left -= 2;
        }
        if (left > 0) {
            *to = ek_pair(x >= 0 && x < p->width ? row[x] : p->zero_point,
                          x + 1 < p->width ? row[x + 1] : p->zero_point);
            to += step;
            x += 2;
            left--;
        }
    }
}

/* ek_pairs_gather_c for an image of one channel. */
static inline void ek_pairs_gather_single(const ek_pairs_t *p, const int8_t *image, int32_t y,
                                          int32_t end, int32_t *band)
{
    for (; y < end; y++) {
        if (y >= 0 && y < p->height) {
            ek_pairs_single_row(p, image + y * p->width, band);
        } else {
            for (int32_t i = 0; i < p->pairs; i++) {
                band[i * EK_PAIRS_CHANNELS * p->rows] = ek_pair(p->zero_point, p->zero_point);
            }
        }
        band++;
    }
}

/* Rows `y` to, not including, `end`, in twos. */
EK_SHARED void ek_pairs_gather(ek_pairs_t *p, const int8_t *image, int32_t y, int32_t end,
                               int32_t count, int32_t *band)
{
    if (p->channels == 1) {
        ek_pairs_gather_single(p, image, y, end + ((end - y) & 1), band);
        return;
    }
    /* A word at the last pixel of fewer channels would end behind the image. */
    const bool whole = p->channels >= EK_PAIRS_CHANNELS;
    const int32_t stop = end < p->height ? end : p->height;
    while (y < end) {
        int32_t times = 1;
        if (!whole && (p->height - 2 - y) * p->width * p->channels < EK_PAIRS_CHANNELS - 1) {
            ek_pairs_gather_c(p, image, y, y + 2, count, band);
        } else {
            if (whole && y >= 0 && stop - y >= 2) {
                times = (stop - y) / 2;
            }
            ek_pairs_gather_alike(p, image, y, times, band);
        }
        y += 2 * times;
        band += 2 * times;
    }
}

/* Rows 0 to, not including, `end` of an image of at least four channels: nothing of the border
 * above or below, but what a two at the end has of it. */
static inline void ek_pairs_gather_plane(ek_pairs_t *p, const int8_t *image, int32_t end,
                                         int32_t *band)
{
    const int32_t whole = end < p->height ? end + (end & 1) : end & ~1;
    if (whole > 0) {
        ek_pairs_gather_alike(p, image, 0, whole / 2, band);
    }
    if (whole < end) {
        ek_pairs_gather_alike(p, image, whole, 1, band + whole);
    }
}

/* The last two rows become the first two ones, for the next band. */
EK_KERNEL ek_pairs_scroll_t ek_pairs_scroll_function(int32_t rows)
{
    uintptr_t function;
    /* clang-format off */
    __asm__(EK_PAIRS_FUNCTION(
        "ek_pairs_scroll_%c[rows]",
        "1:\n"
        "ldrd r2, r3, [r0, #4 * %c[rows] - 8]\n"
        "strd r2, r3, [r0]\n"
        "ldrd r2, r3, [r0, #8 * %c[rows] - 8]\n"
        "strd r2, r3, [r0, #4 * %c[rows]]\n"
        "ldrd r2, r3, [r0, #12 * %c[rows] - 8]\n"
        "strd r2, r3, [r0, #8 * %c[rows]]\n"
        "ldrd r2, r3, [r0, #16 * %c[rows] - 8]\n"
        "strd r2, r3, [r0, #12 * %c[rows]]\n"
        "add r0, r0, #16 * %c[rows]\n"
        "subs r1, r1, #1\n"
        "bne 1b\n"
        "bx lr\n")
        : [function] "=r"(function)
        : [rows] "i"(rows));
    /* clang-format on */
    return (ek_pairs_scroll_t)function;
}

static inline void ek_pairs_scroll(const ek_pairs_t *p, int32_t *band)
{
    p->scroll(band, p->pairs);
}

#else

static inline void ek_pairs_scroll(const ek_pairs_t *p, int32_t *band)
{
    for (int32_t i = 0; i < p->pairs * EK_PAIRS_CHANNELS; i++) {
        band[0] = band[p->rows - 2];
        band[1] = band[p->rows - 1];
        band += p->rows;
    }
}

static inline void ek_pairs_gather_plane(const ek_pairs_t *p, const int8_t *image, int32_t end,
                                         int32_t *band)
{
    ek_pairs_gather_c(p, image, 0, end, EK_PAIRS_CHANNELS, band);
}

#define ek_pairs_begin ek_pairs_clear
#define ek_pairs_gather ek_pairs_gather_c
#define ek_pairs_gather_function(rows) NULL
#define ek_pairs_scroll_function(rows) NULL

#endif

#endif
