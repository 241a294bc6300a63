/* SPDX-License-Identifier: Apache-2.0 */
/* The binary requests; docs/protocol.md describes each. */
#ifndef EK_REQUESTS_H
#define EK_REQUESTS_H

#include "ek_frame.h"

#define EK_PROTOCOL_VERSION 3U

typedef enum {
    EK_REQUEST_HELLO = 0x80,
    EK_REQUEST_WRITE_INPUT = 0x81,
    EK_REQUEST_INVOKE = 0x82,
    EK_REQUEST_READ_OUTPUT = 0x83,
    EK_REQUEST_TRACE = 0x84,
    EK_REQUEST_RUN_TO = 0x85,
    EK_REQUEST_READ_OP_OUTPUT = 0x86,
    EK_REQUEST_STACK = 0x87,
    EK_REQUEST_CHECK = 0x88,
    EK_REQUEST_SYSTEM = 0x89,
    EK_REQUEST_FIRST = EK_REQUEST_HELLO,
    EK_REQUEST_LAST = EK_REQUEST_SYSTEM
} ek_request_t;

typedef enum {
    EK_STATUS_OK = 0,
    EK_STATUS_LENGTH = 1, /* the payload is too short or too long for its type */
    EK_STATUS_RANGE = 2,  /* there is no such tensor, op or offset */
    EK_STATUS_ORDER = 3,  /* that op's output is not there: RUN_TO it first */
    EK_STATUS_ABSENT = 4, /* this port can't do that */
} ek_status_t;

/* Take what stood between two zeros; answers on the console if it is a request. Changes data. */
void ek_requests_take(uint8_t *data, size_t bytes);

#endif
