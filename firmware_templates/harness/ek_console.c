/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_console.h"

#include "ek_clock.h"
#include "ek_mlperf.h"
#include "ek_port.h"
#include "ek_receive.h"
#include "ek_requests.h"
#include "ek_run.h"

/* A frame whose bytes stop for so long was never one, or lost its end. */
#define GAP_SECONDS 2U

static ek_receiver_t receiver;

static void take(uint8_t byte)
{
    static uint64_t last_byte;
    const uint64_t now = ek_clock_now();
    if (now - last_byte > (uint64_t)GAP_SECONDS * ek_port_ticks_hz()) {
        ek_receive_gap(&receiver);
    }
    const ek_event_t event = ek_receive(&receiver, byte);
    if (event == EK_COMMAND) {
        ek_mlperf_take((char *)receiver.bytes);
    } else if (event == EK_FRAME) {
        ek_requests_take(receiver.bytes, receiver.used);
    }
    last_byte = event == EK_NOTHING ? now : ek_clock_now();
}

_Noreturn void ek_console_run(const ek_model_t *model)
{
    ek_port_init();
    ek_clock_start();
    ek_run_start(model);
    ek_mlperf_boot();
    for (;;) {
        uint8_t byte;
        if (ek_port_read(&byte)) {
            take(byte);
        } else {
            ek_port_wait();
            (void)ek_clock_now(); /* the wait may have lasted a turn of the counter */
        }
    }
}
