/* SPDX-License-Identifier: Apache-2.0 */
/* The four memory functions that a C compiler may call; no C library is needed. Built with
 * -fno-tree-loop-distribute-patterns, or the compiler would turn each into a call of itself. */
#include "ek_types.h"

#define ALIGNED(a, b) ((((uintptr_t)(a) | (uintptr_t)(b)) & 3U) == 0)

/* Words may alias anything here. */
typedef uint32_t __attribute__((may_alias)) word_t;

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    uint8_t *d = to;
    const uint8_t *s = from;
    if (ALIGNED(d, s)) {
        word_t *dw = (word_t *)(void *)d;
        const word_t *sw = (const word_t *)(const void *)s;
        for (; bytes >= 16; bytes -= 16, dw += 4, sw += 4) {
            const uint32_t a = sw[0], b = sw[1], c = sw[2], e = sw[3];
            dw[0] = a;
            dw[1] = b;
            dw[2] = c;
            dw[3] = e;
        }
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
