/* SPDX-License-Identifier: Apache-2.0 */
/* Runs generated one-op models on recorded inputs and compares every byte of every output.
 * The same file serves the host (with sanitizers) and an emulated board. */
#include "runner.h"

static void put(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    runner_write(text, length);
}

static void put_number(int32_t value)
{
    char digits[12];
    size_t at = sizeof digits;
    uint32_t rest = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
    digits[--at] = '\0';
    do {
        digits[--at] = (char)('0' + rest % 10U);
        rest /= 10U;
    } while (rest != 0U);
    if (value < 0) {
        digits[--at] = '-';
    }
    put(&digits[at]);
}

static int32_t first_difference(const uint8_t *a, const uint8_t *b, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        if (a[i] != b[i]) {
            return (int32_t)i;
        }
    }
    return -1;
}

static bool passes(const runner_case_t *test, uint32_t sample)
{
    const ek_model_t *model = test->model;
    const uint8_t *input = test->inputs + sample * test->input_bytes;
    const ek_tensor_t *output = &model->outputs[0];
    /* Whatever the kernel fails to write must not be right by chance. */
    memset(test->arena, 0x5A, model->arena_bytes);
    for (uint16_t i = 0; i < model->input_count; i++) {
        memcpy(model->inputs[i].data, input, model->inputs[i].bytes);
        input += model->inputs[i].bytes;
    }
    model->invoke();
    const int32_t at =
        first_difference(output->data, test->expected + sample * output->bytes, output->bytes);
    if (at >= 0) {
        put("FAIL ");
        put(test->name);
        put(" sample ");
        put_number((int32_t)sample);
        put(" byte ");
        put_number(at);
        put(" got ");
        put_number(((const int8_t *)output->data)[at]);
        put(" expected ");
        put_number((int8_t)test->expected[sample * output->bytes + (uint32_t)at]);
        put("\n");
    }
    return at < 0;
}

int32_t runner_run(void)
{
    int32_t failed = 0;
    for (uint32_t i = 0; i < runner_case_count; i++) {
        for (uint32_t sample = 0; sample < runner_cases[i].samples; sample++) {
            failed += passes(&runner_cases[i], sample) ? 0 : 1;
        }
    }
    put("cases ");
    put_number((int32_t)runner_case_count);
    put(" failed ");
    put_number(failed);
    put("\n");
    return failed;
}
