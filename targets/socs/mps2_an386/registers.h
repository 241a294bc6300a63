/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EK_REGISTERS_H
#define EK_REGISTERS_H

#include "ek_types.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#endif
