/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to main, and what happens when the processor faults. */
#include "ek_port.h"
#include "ek_text.h"

/* Defined by the linker script. */
extern uint32_t ek_data_start[], ek_data_end[], ek_data_load[];
extern uint32_t ek_bss_start[], ek_bss_end[];
extern uint32_t ek_stack_top[];

void ek_reset(void);
void ek_fault(void);
_Noreturn void ek_start(void);
_Noreturn void ek_report_fault(const uint32_t *frame, const uint32_t *stack_low);
int main(void);

#define SCB_CFSR (*(volatile uint32_t *)0xE000ED28U) /* why it faulted */
#define SCB_ICSR (*(volatile uint32_t *)0xE000ED04U) /* which exception is active */

/* What the core reads at reset: the stack and its fifteen exceptions. The chip's interrupts
 * follow in port.c. */
typedef struct {
    uint32_t *stack_top;
    void (*exceptions[15])(void);
} ek_vectors_t;

extern const ek_vectors_t ek_vectors;
__attribute__((section(".vectors.core"), used)) const ek_vectors_t ek_vectors = {
    .stack_top = ek_stack_top,
    .exceptions = {ek_reset, ek_fault, ek_fault, ek_fault, ek_fault, ek_fault, 0, 0, 0, 0, ek_fault,
                   ek_fault, 0, ek_fault, ek_fault},
};

_Noreturn void ek_start(void)
{
    const uint32_t *from = ek_data_load;
    for (uint32_t *to = ek_data_start; to < ek_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = ek_bss_start; to < ek_bss_end; to++) {
        *to = 0;
    }
    __asm volatile("cpsie i" ::: "memory");
    (void)main();
    for (;;) {
    }
}

/* Says over the console what happened and stops: a board that goes quiet can't be helped.
 * frame: r0-r3, r12, lr, pc, xpsr as the core pushed them. */
_Noreturn void ek_report_fault(const uint32_t *frame, const uint32_t *stack_low)
{
    static const char *const names[] = {"reset",     "reset",    "NMI",       "HardFault",
                                        "MemManage", "BusFault", "UsageFault"};
    const uint32_t exception = SCB_ICSR & 0x1FFU;
    const bool overflow = (uintptr_t)frame < (uintptr_t)stack_low + 256U ||
                          (uintptr_t)frame + 32U > (uintptr_t)ek_stack_top;
    ek_text("\r\ne-[Fault: ");
    if (exception < 7) {
        ek_text(names[exception]);
    } else {
        ek_text("exception ");
        ek_text_number(exception);
    }
    ek_text(" cfsr 0x");
    ek_text_hex(SCB_CFSR, 8);
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
