/* SPDX-License-Identifier: Apache-2.0 */
/* Weights of few values, as codes of a few bits and a book of the values: they are made whole in
 * scratch before the kernel runs that reads them. */
#ifndef EK_CODEBOOK_H
#define EK_CODEBOOK_H

#include "ek_types.h"

typedef struct {
    const uint16_t *codes; /* the first one in the lowest bits */
    const int8_t *book;
    const int32_t *others; /* what stands behind each block; may be null where `words` is 0 */
    uint32_t pairs;        /* halfwords of a block, each of two codes */
    uint16_t blocks;
    uint8_t words;   /* of others, in a block */
    uint8_t bits;    /* of a code, at most 6 */
    uint8_t carries; /* a halfword is first + 256 * second; else they are its bytes */
} ek_codebook_t;

/* Kernels read it as words and bytes of their own. */
typedef uint16_t __attribute__((__may_alias__)) ek_codebook_half_t;
typedef int32_t __attribute__((__may_alias__)) ek_codebook_word_t;

/* A function of its own: all layers share it. `weights` is aligned to 4 bytes. */
EK_LAYER void ek_codebook_decode(const ek_codebook_t *c, void *weights)
{
    const uint32_t bits = c->bits;
    const uint32_t mask = (1U << bits) - 1U;
    const int32_t kept = c->carries != 0 ? -1 : 0xFF;
    const int8_t *const book = c->book;
    const uint16_t *codes = c->codes;
    const int32_t *others = c->others;
    uint32_t held = 0;
    int32_t count = 0; /* of bits held */
    for (uint32_t block = c->blocks; block != 0; block--) {
        ek_codebook_half_t *to = (ek_codebook_half_t *)weights;
        const ek_codebook_half_t *const end = to + c->pairs;
        while (to != end) {
            if (count < (int32_t)(2 * bits)) {
                held |= (uint32_t)*codes++ << count;
                count += 16;
            }
            const int32_t low = book[held & mask] & kept;
            held >>= bits;
            const int32_t high = book[held & mask];
            held >>= bits;
            count -= (int32_t)(2 * bits);
            *to++ = (uint16_t)(low + high * 256);
        }
        ek_codebook_word_t *word = (ek_codebook_word_t *)(void *)to;
        for (uint32_t i = c->words; i != 0; i--) {
            *word++ = *others++;
        }
        weights = word;
    }
}

#endif
