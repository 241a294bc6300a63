/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EK_STACK_H
#define EK_STACK_H

#include "ek_types.h"

/* The bytes of stack that a function needs; 0 where that can't be told. */
uint32_t ek_stack_used_by(void (*run)(void));

#endif
