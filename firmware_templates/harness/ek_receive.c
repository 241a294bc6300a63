/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_receive.h"

#include "ek_requests.h"

static void restart(ek_receiver_t *receiver, ek_receive_state_t state)
{
    receiver->state = state;
    receiver->used = 0;
}

/* A command longer than the protocol allows keeps its first 80 characters, as the reference
 * implementation does; control characters and other noise are dropped. */
static ek_event_t take_text(ek_receiver_t *receiver, uint8_t byte)
{
    if (byte == '%') {
        receiver->bytes[receiver->used] = 0;
        receiver->state = EK_AFTER_COMMAND;
        return EK_COMMAND;
    }
    if (byte >= ' ' && byte <= '~' && receiver->used < EK_COMMAND_BYTES) {
        receiver->bytes[receiver->used++] = byte;
    }
    return EK_NOTHING;
}

/* The byte behind a zero may be COBS' first length or text: the one behind it decides, since no
 * text has a byte above 127. */
static ek_event_t take_second(ek_receiver_t *receiver, uint8_t byte)
{
    if (byte >= EK_REQUEST_FIRST && byte <= EK_REQUEST_LAST) {
        receiver->bytes[receiver->used++] = byte;
        receiver->state = EK_IN_FRAME;
        return EK_NOTHING;
    }
    const uint8_t first = receiver->bytes[0];
    restart(receiver, EK_IN_TEXT);
    if (first != '%') {
        (void)take_text(receiver, first);
    }
    return take_text(receiver, byte);
}

static ek_event_t take_zero(ek_receiver_t *receiver)
{
    const bool whole = receiver->state == EK_IN_FRAME;
    receiver->state = EK_AFTER_ZERO;
    return whole ? EK_FRAME : EK_NOTHING;
}

ek_event_t ek_receive(ek_receiver_t *receiver, uint8_t byte)
{
    if (byte == 0) {
        return take_zero(receiver);
    }
    switch (receiver->state) {
    case EK_AFTER_ZERO:
        receiver->bytes[0] = byte;
        receiver->used = 1;
        receiver->state = EK_AFTER_CODE;
        return EK_NOTHING;
    case EK_AFTER_CODE:
        return take_second(receiver, byte);
    case EK_IN_FRAME:
        if (receiver->used == EK_FRAME_CODED) { /* longer than any: it was none */
            restart(receiver, EK_IN_TEXT);
            return take_text(receiver, byte);
        }
        receiver->bytes[receiver->used++] = byte;
        return EK_NOTHING;
    case EK_AFTER_COMMAND:
        restart(receiver, EK_IN_TEXT);
        return take_text(receiver, byte);
    case EK_IN_TEXT:
    default:
        return take_text(receiver, byte);
    }
}

void ek_receive_gap(ek_receiver_t *receiver)
{
    if (receiver->state == EK_IN_FRAME || receiver->state == EK_AFTER_CODE) {
        restart(receiver, EK_IN_TEXT);
    }
}
