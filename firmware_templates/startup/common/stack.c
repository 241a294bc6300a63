/* SPDX-License-Identifier: Apache-2.0 */
/* How much stack a function needs: paint what is free, run it, look how deep the paint is gone.
 * Interrupts that come in between count too, as they would on any other day. */
#include "ek_stack.h"

#define PAINT 0xA5C3A5C3U

extern uint32_t ek_stack_low[];

register uint32_t *stack_pointer __asm("sp"); /* every core's assembler calls it that */

uint32_t ek_stack_used_by(void (*run)(void))
{
    uint32_t *const sp = stack_pointer;
    for (volatile uint32_t *word = ek_stack_low; word < sp; word++) {
        *word = PAINT;
    }
    run();
    const volatile uint32_t *word = ek_stack_low;
    while (word < sp && *word == PAINT) {
        word++;
    }
    return (uint32_t)((uintptr_t)sp - (uintptr_t)word);
}
