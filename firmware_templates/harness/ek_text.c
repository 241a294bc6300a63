/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_text.h"

#include "ek_divide.h"
#include "ek_port.h"

void ek_text_bytes(const char *text, size_t bytes)
{
    ek_port_write((const uint8_t *)text, bytes);
}

void ek_text(const char *text)
{
    size_t bytes = 0;
    while (text[bytes] != '\0') {
        bytes++;
    }
    ek_text_bytes(text, bytes);
}

void ek_text_number(uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        uint32_t digit;
        value = ek_divide(value, 10, &digit);
        digits[--at] = (char)('0' + digit);
    } while (value > 0);
    ek_text_bytes(digits + at, sizeof digits - at);
}

void ek_text_hex(uint32_t value, uint32_t digits)
{
    for (uint32_t i = digits; i > 0; i--) {
        ek_text_bytes(&"0123456789abcdef"[value >> (4U * (i - 1U)) & 15U], 1);
    }
}

void ek_text_milli(int32_t value)
{
    uint32_t size = (uint32_t)value;
    if (value < 0) {
        ek_text("-");
        size = 0 - size;
    }
    ek_text_number(size / 1000U);
    const uint32_t rest = size % 1000U;
    const char decimals[4] = {'.', (char)('0' + rest / 100U), (char)('0' + rest / 10U % 10U),
                              (char)('0' + rest % 10U)};
    ek_text_bytes(decimals, sizeof decimals);
}
