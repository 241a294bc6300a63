/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware runs on, and how it was built: the answer to SYSTEM. */
#ifndef EK_SYSTEM_H
#define EK_SYSTEM_H

#include "ek_core.h"

/* The core's words, the chip's cache register, and cycles and ticks of one short while. */
#define EK_SYSTEM_WORDS (EK_CORE_WORDS + 3U)

void ek_system_read(uint32_t words[EK_SYSTEM_WORDS]);

#endif
