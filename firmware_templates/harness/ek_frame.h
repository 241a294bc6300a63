/* SPDX-License-Identifier: Apache-2.0 */
/* Binary frames: type, seq, payload, CRC-16 (little endian), coded so that no byte is 0 (COBS),
 * with a 0 on either side. docs/protocol.md has the whole protocol. */
#ifndef EK_FRAME_H
#define EK_FRAME_H

#include "ek_types.h"

/* The longest payload: with its four bytes around it a frame stays below the 254 bytes that COBS
 * codes at the price of one. */
#define EK_FRAME_PAYLOAD 248U
#define EK_FRAME_BYTES (EK_FRAME_PAYLOAD + 4U)
#define EK_FRAME_CODED (EK_FRAME_BYTES + 1U)

/* Undo COBS in place. Returns the bytes left, 0 if it is not COBS. */
size_t ek_cobs_decode(uint8_t *data, size_t bytes);

/* Decode a frame in place, as it came between two zeros: type, seq, payload stay at the front.
 * Returns the payload's bytes, or -1 if it is no whole frame. */
int32_t ek_frame_decode(uint8_t *data, size_t bytes);

/* Encode in place a frame whose type, seq and payload start at buffer[2]; the buffer has room for
 * EK_FRAME_CODED + 2. Returns how many bytes to send from buffer[0]. */
size_t ek_frame_encode(uint8_t *buffer, size_t payload);

#endif
