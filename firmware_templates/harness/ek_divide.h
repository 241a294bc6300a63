/* SPDX-License-Identifier: Apache-2.0 */
/* 64 bits by 32, bit by bit: the compiler's own function is ten times as large, and nothing that is
 * measured divides so. */
#ifndef EK_DIVIDE_H
#define EK_DIVIDE_H

#include "ek_types.h"

/* value / by; the remainder goes to `rest`. by: not 0. */
uint64_t ek_divide(uint64_t value, uint32_t by, uint32_t *rest);

#endif
