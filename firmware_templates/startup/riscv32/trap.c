/* SPDX-License-Identifier: Apache-2.0 */
/* What happens when the processor traps. */
#include "ek_port.h"
#include "ek_text.h"

void ek_trap(uint32_t cause, uint32_t where);
_Noreturn void ek_report_trap(uint32_t cause, uint32_t where);

/* Of the port: serve an interrupt, of which `number` is the cause without its top bit. False if
 * nobody asked for it. */
bool ek_interrupt(uint32_t number);

#define INTERRUPT (1U << 31)

void ek_trap(uint32_t cause, uint32_t where)
{
    if ((cause & INTERRUPT) == 0 || !ek_interrupt(cause & ~INTERRUPT)) {
        ek_report_trap(cause, where);
    }
}

/* Says over the console what happened and stops: a board that goes quiet can't be helped.
 * where: 0 if the stack overflowed. */
_Noreturn void ek_report_trap(uint32_t cause, uint32_t where)
{
    static const char *const names[] = {
        "InstructionMisaligned", "InstructionAccess", "IllegalInstruction", "Breakpoint",
        "LoadMisaligned",        "LoadAccess",        "StoreMisaligned",    "StoreAccess"};
    ek_text("\r\ne-[Fault: ");
    if (cause < 8U) {
        ek_text(names[cause]);
    } else {
        ek_text("mcause 0x");
        ek_text_hex(cause, 8);
    }
    if (where == 0) {
        ek_text(" stack overflow");
    } else {
        ek_text(" pc 0x");
        ek_text_hex(where, 8);
    }
    ek_text("]\r\n");
    for (;;) {
    }
}
