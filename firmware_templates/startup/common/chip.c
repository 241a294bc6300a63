/* SPDX-License-Identifier: Apache-2.0 */
/* What the chip's soc.toml names of it. */
#include "ek_board.h"
#include "ek_core.h"

uint32_t ek_chip_cache(void)
{
    /* Through a variable: a constant address of 0 would be no pointer. */
    const uintptr_t address = EK_CHIP_CACHE;
    return address == 0 ? 0 : *(const volatile uint32_t *)address;
}
