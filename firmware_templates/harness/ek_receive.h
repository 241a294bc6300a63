/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts the bytes of one line into ASCII commands, ended by '%', and binary frames, between
 * zeros. Noise in front of either costs at most what it touches. */
#ifndef EK_RECEIVE_H
#define EK_RECEIVE_H

#include "ek_frame.h"

#define EK_COMMAND_BYTES 80U

typedef enum { EK_NOTHING, EK_COMMAND, EK_FRAME } ek_event_t;

typedef enum {
    EK_IN_TEXT,
    EK_AFTER_COMMAND,
    EK_AFTER_ZERO,
    EK_AFTER_CODE,
    EK_IN_FRAME
} ek_receive_state_t;

typedef struct {
    ek_receive_state_t state;
    uint32_t used;
    uint8_t bytes[EK_FRAME_CODED];
} ek_receiver_t;

/* Take a byte. After EK_COMMAND, bytes[0 .. used) is the command without its '%', and is followed
 * by a 0; after EK_FRAME it is what stood between two zeros. It is valid until the next byte. */
ek_event_t ek_receive(ek_receiver_t *receiver, uint8_t byte);

/* The line was silent for long: a frame that has begun will not go on. */
void ek_receive_gap(ek_receiver_t *receiver);

#endif
