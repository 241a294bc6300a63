/* SPDX-License-Identifier: Apache-2.0 */
/* What a Cortex-M reads at reset, and what happens when it faults. */
#include "ek_port.h"
#include "ek_text.h"

/* Defined by the linker script. */
extern uint32_t ek_stack_top[];

void ek_reset(void);
void ek_fault(void);
void ek_systick(void); /* of the port, if it has one; else ek_fault */
_Noreturn void ek_report_fault(const uint32_t *frame, const uint32_t *stack_low, uint32_t why);

#define SCB_ICSR (*(volatile uint32_t *)0xE000ED04U) /* which exception is active */

/* The stack and its fifteen exceptions. The chip's interrupts follow in port.c. */
typedef struct {
    uint32_t *stack_top;
    void (*exceptions[15])(void);
} ek_vectors_t;

extern const ek_vectors_t ek_vectors;
__attribute__((section(".vectors.core"), used)) const ek_vectors_t ek_vectors = {
    .stack_top = ek_stack_top,
    .exceptions = {ek_reset, ek_fault, ek_fault, ek_fault, ek_fault, ek_fault, ek_fault, 0, 0, 0,
                   ek_fault, ek_fault, 0, ek_fault, ek_systick},
};

/* Says over the console what happened and stops: a board that goes quiet can't be helped.
 * frame: r0-r3, r12, lr, pc, xpsr as the core pushed them.
 * why: the fault status register, 0 on cores that have none. */
_Noreturn void ek_report_fault(const uint32_t *frame, const uint32_t *stack_low, uint32_t why)
{
    static const char *const names[] = {"reset",     "reset",    "NMI",        "HardFault",
                                        "MemManage", "BusFault", "UsageFault", "SecureFault"};
    const uint32_t exception = SCB_ICSR & 0x1FFU;
    const bool overflow = (uintptr_t)frame < (uintptr_t)stack_low + 256U ||
                          (uintptr_t)frame + 32U > (uintptr_t)ek_stack_top;
    ek_text("\r\ne-[Fault: ");
    if (exception < 8) {
        ek_text(names[exception]);
    } else {
        ek_text("exception ");
        ek_text_number(exception);
    }
    ek_text(" cfsr 0x");
    ek_text_hex(why, 8);
    if (overflow) {
        ek_text(" stack overflow");
    } else {
        ek_text(" pc 0x");
        ek_text_hex(frame[6], 8);
        ek_text(" lr 0x");
        ek_text_hex(frame[5], 8);
    }
    ek_text("]\r\n");
    for (;;) {
    }
}
