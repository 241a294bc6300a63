/* SPDX-License-Identifier: Apache-2.0 */
/* What core and chip say of themselves, as their registers have it: the host knows what it means.
 * Each core's start-up has these functions. docs/protocol.md describes the words, under SYSTEM. */
#ifndef EK_CORE_H
#define EK_CORE_H

#include "ek_types.h"

#define EK_CORE_WORDS 8U

/* The first word: whose registers follow, and what the compiler was allowed to use. */
#define EK_CORE_NONE 0U
#define EK_CORE_ARMV6M 1U
#define EK_CORE_ARMV7M 2U
#define EK_CORE_RISCV 3U
#define EK_BUILT_DSP (1U << 8)
#define EK_BUILT_MVE (1U << 9)
#define EK_BUILT_FPU (1U << 10)
#define EK_BUILT_MULTIPLY (1U << 11)

void ek_core_read(uint32_t words[EK_CORE_WORDS]);

/* The register that says whether the chip's own cache is on; 0 where soc.toml names none. */
uint32_t ek_chip_cache(void);

/* A counter of the core's own clock, of 24 bits at least; 0 all the time where there is none. It
 * runs only between the two calls, since it takes current; if it ran before, it runs on. */
void ek_core_count(bool on);
uint32_t ek_core_cycles(void);

#endif
