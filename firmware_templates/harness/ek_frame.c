/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_frame.h"

#include "ek_crc.h"

size_t ek_cobs_decode(uint8_t *data, size_t bytes)
{
    size_t from = 0;
    size_t to = 0;
    while (from < bytes) {
        const size_t code = data[from++];
        if (code == 0 || code - 1U > bytes - from) {
            return 0;
        }
        for (size_t i = 1; i < code; i++) {
            if (data[from] == 0) {
                return 0;
            }
            data[to++] = data[from++];
        }
        if (code < 255U && from < bytes) {
            data[to++] = 0;
        }
    }
    return to;
}

int32_t ek_frame_decode(uint8_t *data, size_t bytes)
{
    const size_t plain = ek_cobs_decode(data, bytes);
    if (plain < 4U || plain > EK_FRAME_BYTES) {
        return -1;
    }
    const uint32_t crc = (uint32_t)data[plain - 2U] | (uint32_t)data[plain - 1U] << 8;
    if (ek_crc16(data, plain - 2U) != crc) {
        return -1;
    }
    return (int32_t)(plain - 4U);
}

size_t ek_frame_encode(uint8_t *buffer, size_t payload)
{
    uint8_t *plain = buffer + 2;
    const size_t checked = payload + 2U;
    const uint32_t crc = ek_crc16(plain, checked);
    plain[checked] = (uint8_t)crc;
    plain[checked + 1U] = (uint8_t)(crc >> 8);
    const size_t end = checked + 4U; /* one behind the last byte, counted from buffer[0] */
    size_t code = 1;                 /* where the present group's length goes */
    for (size_t i = 2; i < end; i++) {
        if (buffer[i] == 0) {
            buffer[code] = (uint8_t)(i - code);
            code = i;
        }
    }
    buffer[code] = (uint8_t)(end - code);
    buffer[0] = 0;
    buffer[end] = 0;
    return end + 1U;
}
