/* SPDX-License-Identifier: Apache-2.0 */
/* Weights of few values, as codes of a few bits and a book of the values: they are made whole in
 * scratch before the kernel runs that reads them. */
#ifndef EK_CODEBOOK_H
#define EK_CODEBOOK_H

#include "ek_types.h"

typedef struct {
    const uint16_t *codes; /* the first one in the lowest bits */
    const int8_t *book;
    const int32_t *others; /* the head, then of each block what is before and after its weights */
    uint32_t pairs;        /* halfwords of a block, each of two codes */
    uint16_t blocks;       /* of a part, each of which begins with a halfword of codes of its own */
    uint8_t head;          /* words in front of each part */
    uint8_t before, after; /* words of a block */
    uint8_t bits;          /* of a code, at most 8 */
    uint8_t carries;       /* a halfword is first + 256 * second; else they are its bytes */
} ek_codebook_t;

/* Kernels read it as words and bytes of their own. */
typedef uint16_t __attribute__((__may_alias__)) ek_codebook_half_t;

/* Where the words end that they are copied to. */
static __attribute__((noinline)) void *ek_codebook_copy(uint8_t *to, const int32_t *words,
                                                        uint32_t count)
{
    if (count != 0) {
        memcpy(to, words, count * sizeof *words);
    }
    return to + count * sizeof *words;
}

/* One part of the weights, to where they are aligned to 4 bytes. A function of its own: all layers
 * share it. */
EK_LAYER __attribute__((unused)) void ek_codebook_decode(const ek_codebook_t *c, uint32_t part,
                                                         void *weights)
{
    const uint32_t bits = c->bits;
    const uint32_t mask = (1U << bits) - 1U;
    const int32_t kept = c->carries != 0 ? -1 : 0xFF;
    const int8_t *const book = c->book;
    const uint32_t first = part * c->blocks;
    const uint16_t *codes = c->codes + first * c->pairs * bits / 8;
    const int32_t *others = c->others + c->head + first * ((uint32_t)c->before + c->after);
    uint32_t held = 0;
    uint32_t count = 0; /* of bits held */
    weights = ek_codebook_copy(weights, c->others, c->head);
    for (uint32_t block = c->blocks; block != 0; block--) {
        ek_codebook_half_t *to = ek_codebook_copy(weights, others, c->before);
        others += c->before;
        for (const ek_codebook_half_t *const end = to + c->pairs; to != end;) {
            if (count < 2 * bits) {
                held |= (uint32_t)*codes++ << count;
                count += 16;
            }
            const int32_t low = book[held & mask] & kept;
            held >>= bits;
            const int32_t high = book[held & mask];
            held >>= bits;
            count -= 2 * bits;
            *to++ = (uint16_t)(low + high * 256);
        }
        weights = ek_codebook_copy((uint8_t *)to, others, c->after);
        others += c->after;
    }
}

#endif
