/* SPDX-License-Identifier: Apache-2.0 */
/* Text to the console, without printf. */
#ifndef EK_TEXT_H
#define EK_TEXT_H

#include "ek_types.h"

void ek_text(const char *text);
void ek_text_bytes(const char *text, size_t bytes);
void ek_text_number(uint64_t value);

/* The last `digits` hexadecimal digits of a value, small letters. */
void ek_text_hex(uint32_t value, uint32_t digits);

/* value / 1000 with three decimals, e.g. -1500 -> "-1.500". */
void ek_text_milli(int32_t value);

#endif
