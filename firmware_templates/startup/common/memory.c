/* SPDX-License-Identifier: Apache-2.0 */
/* The four memory functions that a C compiler may call; no C library is needed. Built with
 * -fno-tree-loop-distribute-patterns, or the compiler would turn each into a call of itself. */
#include "ek_types.h"

#define ALIGNED(a, b) ((((uintptr_t)(a) | (uintptr_t)(b)) & 3U) == 0)

/* Words may alias anything here. */
typedef uint32_t __attribute__((may_alias)) word_t;

/* Copies whole groups of four words upwards, and returns the bytes that are left; both pointers
 * move on. The compiler takes three times the instructions: it forms no LDM. */
static size_t copy_groups(word_t **to, const word_t **from, size_t bytes)
{
    word_t *d = *to;
    const word_t *s = *from;
#if defined(__thumb__)
    if (bytes >= 16) {
        bytes -= 16;
        __asm__ volatile(".syntax unified\n"
                         "1: ldmia %1!, {r3, r4, r5, r6}\n"
                         "stmia %0!, {r3, r4, r5, r6}\n"
                         "subs %2, %2, #16\n"
                         "bcs 1b\n"
                         : "+l"(d), "+l"(s), "+l"(bytes)
                         :
                         : "r3", "r4", "r5", "r6", "cc", "memory");
        bytes += 16;
    }
#else
    for (; bytes >= 16; bytes -= 16, d += 4, s += 4) {
        const uint32_t a = s[0], b = s[1], c = s[2], e = s[3];
        d[0] = a;
        d[1] = b;
        d[2] = c;
        d[3] = e;
    }
#endif
    *to = d;
    *from = s;
    return bytes;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    uint8_t *d = to;
    const uint8_t *s = from;
    if (ALIGNED(d, s)) {
        word_t *dw = (word_t *)(void *)d;
        const word_t *sw = (const word_t *)(const void *)s;
        bytes = copy_groups(&dw, &sw, bytes);
        for (; bytes >= 4; bytes -= 4) {
            *dw++ = *sw++;
        }
        d = (uint8_t *)dw;
        s = (const uint8_t *)sw;
    }
    while (bytes-- > 0) {
        *d++ = *s++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    uint8_t *d = to;
    const uint8_t *s = from;
    if ((uintptr_t)d - (uintptr_t)s >= bytes) {
        return memcpy(to, from, bytes); /* copying upwards reads each byte before it is lost */
    }
    while (bytes-- > 0) {
        d[bytes] = s[bytes];
    }
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    uint8_t *d = to;
    const uint32_t byte = (uint8_t)value;
    if (ALIGNED(d, d)) {
        word_t *dw = (word_t *)(void *)d;
        const uint32_t word = byte * 0x01010101U;
        for (; bytes >= 4; bytes -= 4) {
            *dw++ = word;
        }
        d = (uint8_t *)dw;
    }
    while (bytes-- > 0) {
        *d++ = (uint8_t)byte;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    for (; bytes > 0; bytes--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}
