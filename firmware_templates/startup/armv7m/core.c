/* SPDX-License-Identifier: Apache-2.0 */
/* What an ARMv7-M or ARMv8-M (mainline) core has, and whether it is on (ARMv7-M ARM, DDI 0403,
 * B3.2.2 and B4; ARMv8-M ARM, DDI 0553, D1.2). */
#include "ek_core.h"

#define SCS(offset) (*(volatile uint32_t *)(0xE000E000U + (offset)))
#define DEMCR SCS(0xDFCU)
#define DEMCR_TRCENA (1U << 24)
#define DWT(offset) (*(volatile uint32_t *)(0xE0001000U + (offset)))
#define DWT_CTRL DWT(0x000U)
#define DWT_CYCCNT DWT(0x004U)
#define DWT_LAR DWT(0xFB0U) /* a lock that some Cortex-M7 have */
#define DWT_CYCCNTENA 1U

#ifdef __ARM_FEATURE_DSP
#define DSP EK_BUILT_DSP
#else
#define DSP 0U
#endif
#ifdef __ARM_FEATURE_MVE
#define MVE EK_BUILT_MVE
#else
#define MVE 0U
#endif
#ifdef __ARM_FP
#define FPU EK_BUILT_FPU
#else
#define FPU 0U
#endif

void ek_core_read(uint32_t words[EK_CORE_WORDS])
{
    /* CPUID, CCR, CLIDR, CPACR, ID_ISAR3, MVFR0, MVFR1 */
    static const uint16_t offsets[EK_CORE_WORDS - 1U] = {0xD00, 0xD14, 0xD78, 0xD88,
                                                         0xD6C, 0xF40, 0xF44};
    words[0] = EK_CORE_ARMV7M | EK_BUILT_MULTIPLY | DSP | MVE | FPU;
    for (uint32_t i = 0; i < EK_CORE_WORDS - 1U; i++) {
        words[i + 1U] = SCS(offsets[i]);
    }
}

/* What was on before stays on: an application's own measurement, or a debugger's trace. */
void ek_core_count(bool on)
{
    static uint32_t trace;
    static uint32_t counter;
    if (!on) {
        DWT_CTRL = (DWT_CTRL & ~DWT_CYCCNTENA) | counter;
        DEMCR = (DEMCR & ~DEMCR_TRCENA) | trace;
        return;
    }
    trace = DEMCR & DEMCR_TRCENA;
    DEMCR |= DEMCR_TRCENA;
    DWT_LAR = 0xC5ACCE55U;
    counter = DWT_CTRL & DWT_CYCCNTENA;
    DWT_CTRL |= DWT_CYCCNTENA;
}

uint32_t ek_core_cycles(void)
{
    return DWT_CYCCNT;
}
