/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_requests.h"

#include "ek_build_id.h"
#include "ek_clock.h"
#include "ek_crc.h"
#include "ek_port.h"
#include "ek_run.h"
#include "ek_system.h"

/* An answer is the request's type and seq, a status, and what the request asked for. The last
 * one is kept: a host that did not get it sends the same request again, and is not to wait for
 * another inference. */
static uint8_t answer[EK_FRAME_CODED + 2U]; /* 0, code, type, seq, status, content, CRC, 0 */
static uint32_t answer_coded;               /* bytes to send, 0 before the first */
static uint32_t answer_used;                /* payload so far */
static uint32_t answered_crc;               /* of the request: seq and content */
static uint32_t executed;                   /* requests since the start */

#define ANSWER_ROOM (EK_FRAME_PAYLOAD - 1U)
#define TRACE_ENTRY 12U

static void put(const void *data, size_t bytes)
{
    (void)memcpy(answer + 5 + answer_used, data, bytes);
    answer_used += (uint32_t)bytes;
}

static void put_number(uint32_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        answer[5 + answer_used++] = (uint8_t)(value >> (8U * i));
    }
}

static uint32_t number(const uint8_t *data, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        value |= (uint32_t)data[i] << (8U * i);
    }
    return value;
}

static size_t text_bytes(const char *text, size_t most)
{
    size_t bytes = 0;
    while (bytes < most && text[bytes] != '\0') {
        bytes++;
    }
    return bytes;
}

static ek_status_t hello(void)
{
    const ek_model_t *model = ek_run_model();
    put_number(EK_PROTOCOL_VERSION, 1);
    put_number(EK_FRAME_PAYLOAD, 2);
    put_number(ek_port_ticks_hz(), 4);
    put_number(ek_clock_overhead(), 4);
    put_number(model->arena_bytes, 4);
    put_number(ek_run_input_bytes(), 4);
    put_number(model->input_count, 2);
    put_number(model->output_count, 2);
    put_number(model->op_count, 2);
    put(EK_BUILD_ID, 16);
    put(model->name, text_bytes(model->name, ANSWER_ROOM - answer_used));
    return EK_STATUS_OK;
}

static ek_status_t write_input(const uint8_t *payload, size_t bytes)
{
    if (bytes < 4U) {
        return EK_STATUS_LENGTH;
    }
    const uint32_t offset = number(payload, 4);
    const size_t count = bytes - 4U;
    if (offset > ek_run_input_bytes() || count > ek_run_input_bytes() - offset) {
        return EK_STATUS_RANGE;
    }
    (void)memcpy(ek_run_input() + offset, payload + 4, count);
    ek_run_input_changed();
    return EK_STATUS_OK;
}

/* tensor's size, then as much of it from the offset as fits. */
static ek_status_t put_tensor(const void *data, uint32_t bytes, uint32_t offset)
{
    if (offset > bytes) {
        return EK_STATUS_RANGE;
    }
    const uint32_t left = bytes - offset;
    const uint32_t room = ANSWER_ROOM - 4U;
    put_number(bytes, 4);
    put((const uint8_t *)data + offset, left < room ? left : room);
    return EK_STATUS_OK;
}

static ek_status_t read_output(const uint8_t *payload)
{
    const uint32_t index = number(payload, 2);
    if (index >= ek_run_model()->output_count) {
        return EK_STATUS_RANGE;
    }
    const ek_tensor_t *output = &ek_run_model()->outputs[index];
    return put_tensor(output->data, output->bytes, number(payload + 2, 4));
}

static ek_status_t read_op_output(const uint8_t *payload)
{
    const uint32_t op = number(payload, 2);
    if (op >= ek_run_model()->op_count) {
        return EK_STATUS_RANGE;
    }
    if (ek_run_done() != op + 1U) {
        return EK_STATUS_ORDER;
    }
    const ek_region_t *output = &ek_run_model()->op_outputs[op];
    return put_tensor(output->data, output->bytes, number(payload + 2, 4));
}

/* As many ops as fit from the one asked for; an op's output is looked at before the next op may
 * overwrite it. */
static ek_status_t trace(const uint8_t *payload)
{
    const ek_model_t *model = ek_run_model();
    const uint32_t first = number(payload, 2);
    if (first >= model->op_count) {
        return EK_STATUS_RANGE;
    }
    if (first > 0 && ek_run_done() != first) {
        (void)ek_run_until(first - 1U);
    }
    if (first == 0) {
        ek_run_input_changed();
    }
    for (uint32_t op = first; op < model->op_count && answer_used + TRACE_ENTRY <= ANSWER_ROOM;
         op++) {
        const uint32_t ticks = ek_run_until(op);
        const ek_region_t *output = &model->op_outputs[op];
        put_number(ek_crc32(output->data, output->bytes), 4);
        put_number(output->bytes, 4);
        put_number(ticks, 4);
    }
    return EK_STATUS_OK;
}

static ek_status_t run_to(const uint8_t *payload)
{
    const uint32_t op = number(payload, 2);
    if (op >= ek_run_model()->op_count) {
        return EK_STATUS_RANGE;
    }
    (void)ek_run_until(op);
    return EK_STATUS_OK;
}

static ek_status_t stack(void)
{
    const uint32_t bytes = ek_run_stack();
    if (bytes == 0) {
        return EK_STATUS_ABSENT;
    }
    put_number(bytes, 4);
    return EK_STATUS_OK;
}

static ek_status_t invoke(void)
{
    put_number(ek_run_invoke(), 4);
    return EK_STATUS_OK;
}

/* What the host loaded, and how much was done with it: a device that started anew has neither. */
static ek_status_t check(void)
{
    put_number(ek_crc32(ek_run_input(), ek_run_input_bytes()), 4);
    put_number(executed, 4);
    return EK_STATUS_OK;
}

/* What it runs on; then the compiler and, on a line of its own, how it was called for the model. */
static ek_status_t system_report(void)
{
    static const char built[] = __VERSION__ "\n" EK_MODEL_FLAGS;
    uint32_t words[EK_SYSTEM_WORDS];
    ek_system_read(words);
    for (uint32_t i = 0; i < EK_SYSTEM_WORDS; i++) {
        put_number(words[i], 4);
    }
    put(built, text_bytes(built, ANSWER_ROOM - answer_used));
    return EK_STATUS_OK;
}

static ek_status_t dispatch(ek_request_t type, const uint8_t *payload, size_t bytes)
{
    static const uint8_t lengths[] = {0, 0, 0, 6, 2, 2, 6, 0, 0, 0};
    if (type == EK_REQUEST_WRITE_INPUT) {
        return write_input(payload, bytes);
    }
    if (bytes != lengths[type - EK_REQUEST_FIRST]) {
        return EK_STATUS_LENGTH;
    }
    switch (type) {
    case EK_REQUEST_INVOKE:
        return invoke();
    case EK_REQUEST_READ_OUTPUT:
        return read_output(payload);
    case EK_REQUEST_TRACE:
        return trace(payload);
    case EK_REQUEST_RUN_TO:
        return run_to(payload);
    case EK_REQUEST_READ_OP_OUTPUT:
        return read_op_output(payload);
    case EK_REQUEST_STACK:
        return stack();
    case EK_REQUEST_CHECK:
        return check();
    case EK_REQUEST_SYSTEM:
        return system_report();
    case EK_REQUEST_HELLO:
    case EK_REQUEST_WRITE_INPUT:
    default:
        return hello();
    }
}

void ek_requests_take(uint8_t *data, size_t bytes)
{
    const int32_t payload = ek_frame_decode(data, bytes);
    if (payload < 0 || data[0] < EK_REQUEST_FIRST || data[0] > EK_REQUEST_LAST) {
        return; /* damaged on its way: the host will send it again */
    }
    const uint32_t crc = ek_crc32(data, (size_t)payload + 2U);
    if (answer_coded == 0 || crc != answered_crc) {
        answer_used = 0;
        executed++;
        const ek_status_t status = dispatch((ek_request_t)data[0], data + 2, (size_t)payload);
        answer[2] = data[0];
        answer[3] = data[1];
        if (status != EK_STATUS_OK) {
            answer_used = 0;
        }
        answer[4] = (uint8_t)status;
        answer_coded = (uint32_t)ek_frame_encode(answer, answer_used + 1U);
        answered_crc = crc;
    }
    ek_port_write(answer, answer_coded);
}
