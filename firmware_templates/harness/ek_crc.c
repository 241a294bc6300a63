/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_crc.h"

uint16_t ek_crc16(const uint8_t *data, size_t bytes)
{
    static const uint16_t table[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5,
                                       0x60C6, 0x70E7, 0x8108, 0x9129, 0xA14A, 0xB16B,
                                       0xC18C, 0xD1AD, 0xE1CE, 0xF1EF};
    uint32_t crc = 0xFFFF;
    for (size_t i = 0; i < bytes; i++) {
        crc = (crc << 4 & 0xFFFFU) ^ table[(crc >> 12) ^ (data[i] >> 4)];
        crc = (crc << 4 & 0xFFFFU) ^ table[(crc >> 12) ^ (data[i] & 15U)];
    }
    return (uint16_t)crc;
}

uint32_t ek_crc32(const uint8_t *data, size_t bytes)
{
    static const uint32_t table[16] = {0x00000000U, 0x1DB71064U, 0x3B6E20C8U, 0x26D930ACU,
                                       0x76DC4190U, 0x6B6B51F4U, 0x4DB26158U, 0x5005713CU,
                                       0xEDB88320U, 0xF00F9344U, 0xD6D6A3E8U, 0xCB61B38CU,
                                       0x9B64C2B0U, 0x86D3D2D4U, 0xA00AE278U, 0xBDBDF21CU};
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        crc = crc >> 4 ^ table[crc & 15U];
        crc = crc >> 4 ^ table[crc & 15U];
    }
    return ~crc;
}
