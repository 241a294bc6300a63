/* SPDX-License-Identifier: Apache-2.0 */
/* The PC's processor says nothing about a board's. */
#include "ek_core.h"

void ek_core_read(uint32_t words[EK_CORE_WORDS])
{
    (void)memset(words, 0, EK_CORE_WORDS * sizeof words[0]);
    words[0] = EK_CORE_NONE;
}

uint32_t ek_chip_cache(void)
{
    return 0;
}

void ek_core_count(bool on)
{
    (void)on;
}

uint32_t ek_core_cycles(void)
{
    return 0;
}
