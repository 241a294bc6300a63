/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums, by small tables: 96 bytes of flash in all. */
#ifndef EK_CRC_H
#define EK_CRC_H

#include "ek_types.h"

/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, not reflected. */
uint16_t ek_crc16(const uint8_t *data, size_t bytes);

/* CRC-32 as in zlib: polynomial 0xEDB88320, reflected, start and end inverted. */
uint32_t ek_crc32(const uint8_t *data, size_t bytes);

#endif
