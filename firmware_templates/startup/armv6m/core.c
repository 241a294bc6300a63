/* SPDX-License-Identifier: Apache-2.0 */
/* An ARMv6-M core says who it is and nothing more (ARMv6-M ARM, DDI 0419, B3.2.3). */
#include "ek_core.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018U)
#define CPUID (*(volatile uint32_t *)0xE000ED00U)
#define ENABLED 1U
#define CORE_CLOCK_WITHOUT_EXCEPTION (1U << 2 | ENABLED)

void ek_core_read(uint32_t words[EK_CORE_WORDS])
{
    (void)memset(words, 0, EK_CORE_WORDS * sizeof words[0]);
    words[0] = EK_CORE_ARMV6M | EK_BUILT_MULTIPLY;
    words[1] = CPUID;
}

/* SysTick, where the core has it. If it runs already, as the port's clock or for an application, it
 * is left as it is. */
void ek_core_count(bool on)
{
    static bool started;
    if (on && (SYST_CSR & ENABLED) == 0) {
        SYST_RVR = 0xFFFFFFU;
        SYST_CVR = 0;
        SYST_CSR = CORE_CLOCK_WITHOUT_EXCEPTION;
        started = true;
    } else if (!on && started) {
        SYST_CSR = 0;
        started = false;
    }
}

/* It counts downwards. */
uint32_t ek_core_cycles(void)
{
    return 0U - SYST_CVR;
}
