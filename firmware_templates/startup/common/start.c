/* SPDX-License-Identifier: Apache-2.0 */
/* What must have happened before main: variables have their first values. */
#include "ek_board.h"
#include "ek_types.h"

/* Defined by the linker script. */
extern uint32_t ek_data_start[], ek_data_end[], ek_data_load[];
extern uint32_t ek_bss_start[], ek_bss_end[];
extern uint32_t ek_arena_start[], ek_arena_end[]; /* where it lies apart */

void ek_start(void);

/* Called by the core's start.S on a fresh stack, with interrupts off. */
void ek_start(void)
{
    const uint32_t *from = ek_data_load;
    for (uint32_t *to = ek_data_start; to < ek_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = ek_bss_start; to < ek_bss_end; to++) {
        *to = 0;
    }
    if (EK_ARENA_APART) {
        for (uint32_t *to = ek_arena_start; to < ek_arena_end; to++) {
            *to = 0;
        }
    }
}
