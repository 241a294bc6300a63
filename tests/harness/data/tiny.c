/* SPDX-License-Identifier: Apache-2.0 */
/* A model made by hand, for the tests of the harness: op 0 multiplies 600 values by a constant
 * with wrap-around, op 1 adds them up in six groups of 100. The second writes over the input. */
#include "tiny.h"

#define COUNT 600U
#define GROUPS 6U

EK_ARENA(1216);

#define INPUT ((int8_t *)ek_arena)
#define MIDDLE ((int8_t *)ek_arena + 608)
#define OUTPUT ((int8_t *)ek_arena)

static const int8_t tiny_op00_weights[4] = {3, -5, 7, 11};

__attribute__((noinline)) static void tiny_op00_mul(void)
{
    for (uint32_t i = 0; i < COUNT; i++) {
        MIDDLE[i] = (int8_t)(uint8_t)(INPUT[i] * tiny_op00_weights[i % 4U]);
    }
}

__attribute__((noinline)) static void tiny_op01_sum(void)
{
    volatile int8_t deep[200]; /* stack that a test can look for */
    for (uint32_t group = 0; group < GROUPS; group++) {
        int32_t sum = 0;
        for (uint32_t i = 0; i < COUNT / GROUPS; i++) {
            deep[i] = MIDDLE[group * (COUNT / GROUPS) + i];
            sum += deep[i];
        }
        OUTPUT[group] = (int8_t)(uint8_t)sum;
    }
}

static void tiny_run_op(uint32_t index)
{
    if (index == 0) {
        tiny_op00_mul();
    } else {
        tiny_op01_sum();
    }
}

int8_t *tiny_input(void)
{
    return INPUT;
}

const int8_t *tiny_output(void)
{
    return OUTPUT;
}

void tiny_invoke(void)
{
    tiny_run_op(0);
    tiny_run_op(1);
}

static const ek_tensor_t inputs[] = {{ek_arena, COUNT, EK_INT8, 0.5F, -1}};
static const ek_tensor_t outputs[] = {{ek_arena, GROUPS, EK_INT8, 0.0078125F, -128}};
static const ek_region_t op_outputs[] = {
    {ek_arena + 608, COUNT},
    {ek_arena, GROUPS},
};

const ek_model_t tiny_model = {
    .name = "tiny",
    .inputs = inputs,
    .outputs = outputs,
    .op_outputs = op_outputs,
    .run_op = tiny_run_op,
    .invoke = tiny_invoke,
    .arena_bytes = 1216,
    .input_count = 1,
    .output_count = 1,
    .op_count = 2,
};
