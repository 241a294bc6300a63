/* SPDX-License-Identifier: Apache-2.0 */
/* Types and attributes that every part of the runtime uses. Freestanding C11: no libc needed. */
#ifndef EK_TYPES_H
#define EK_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kernels are inlined into the generated layer functions, where their parameters are literals:
 * that is what lets the compiler fold shapes, strides and padding. */
#define EK_KERNEL static inline __attribute__((always_inline))

/* A function of its own, so that sizes and profiles show every layer. */
#define EK_LAYER static __attribute__((noinline))

/* The type of a struct's field. */
#define EK_TYPE_OF(type, field) __typeof__(((type *)0)->field)

#define EK_ALIGNED(bytes) __attribute__((aligned(bytes)))

/* One arena serves every model of a firmware: common symbols of one name share one place of the
 * largest size, so models can follow each other but not run at the same time. */
#define EK_ARENA(bytes) __attribute__((common, aligned(16))) uint8_t ek_arena[bytes]

/* A place in the arena as a pointer to `type`; the memory plan keeps offsets aligned. */
#define EK_AT(type, offset) ((type *)(void *)(ek_arena + (offset)))

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);

#endif
