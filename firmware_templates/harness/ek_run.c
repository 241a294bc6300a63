/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_run.h"

#include "ek_clock.h"
#include "ek_port.h"
#include "ek_stack.h"

static const ek_model_t *model;
static uint32_t ops_done;
static EK_ALIGNED(4) uint8_t loaded[EK_INPUT_BYTES];

void ek_run_start(const ek_model_t *which)
{
    model = which;
    ops_done = 0;
}

const ek_model_t *ek_run_model(void)
{
    return model;
}

uint8_t *ek_run_input(void)
{
    return loaded;
}

uint32_t ek_run_input_bytes(void)
{
    return EK_INPUT_BYTES;
}

void ek_run_input_changed(void)
{
    ops_done = 0;
}

static void copy_inputs(void)
{
    const uint8_t *from = loaded;
    for (uint32_t i = 0; i < model->input_count; i++) {
        (void)memcpy(model->inputs[i].data, from, model->inputs[i].bytes);
        from += model->inputs[i].bytes;
    }
    ops_done = 0;
}

static void invoke(uint32_t unused)
{
    (void)unused;
    model->invoke();
}

uint32_t ek_run_invoke(void)
{
    copy_inputs();
    ek_port_marker(false);
    const uint32_t ticks = ek_clock_measure(invoke, 0);
    ek_port_marker(true);
    return ticks;
}

uint32_t ek_run_until(uint32_t last)
{
    if (ops_done == 0 || ops_done > last + 1U) {
        copy_inputs();
    }
    uint32_t ticks = 0;
    while (ops_done <= last) {
        ticks = ek_clock_measure(model->run_op, ops_done);
        ops_done++;
    }
    return ticks;
}

uint32_t ek_run_done(void)
{
    return ops_done;
}

uint32_t ek_run_stack(void)
{
    copy_inputs();
    return ek_stack_used_by(model->invoke);
}
