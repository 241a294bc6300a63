/* SPDX-License-Identifier: Apache-2.0 */
/* A model for tests of the boards, made by hand. Op 0 runs a loop of two instructions as often as
 * the first input word says; op 1 misbehaves as the second says. */
#include "probe.h"

EK_ARENA(16);

static uint32_t word(uint32_t index)
{
    uint32_t value;
    (void)memcpy(&value, ek_arena + 4U * index, sizeof value);
    return value;
}

static void probe_op00_loop(void)
{
    uint32_t count = word(0);
#ifdef __riscv
    __asm volatile("1: addi %0, %0, -1\n   bnez %0, 1b" : "+r"(count));
#else
    __asm volatile(".syntax unified\n1: subs %0, %0, #1\n   bne 1b" : "+l"(count) : : "cc");
#endif
}

/* Never ends by itself: the stack does. */
__attribute__((noinline)) static uint32_t descend(uint32_t depth)
{
    volatile uint32_t room[64];
    room[depth % 64U] = depth;
    return word(1) == 2U ? descend(depth + 1U) + room[depth % 64U] : 0;
}

static void probe_op01_misbehave(void)
{
    switch (word(1)) {
    case 1:
#ifdef __riscv /* there is nothing at this address */
        (void)*(volatile uint32_t *)0xFA000000U;
#else /* a jump out of Thumb state; some emulated chips answer with 0 where there is nothing */
        ((void (*)(void))((uintptr_t)probe_input & ~(uintptr_t)1))();
#endif
        break;
    case 2:
        ek_arena[8] = (uint8_t)descend(0);
        break;
    case 3:
#ifdef __riscv
        __asm volatile("unimp");
#else
        __asm volatile("udf #0");
#endif
        break;
    default:
        break;
    }
}

static void probe_run_op(uint32_t index)
{
    if (index == 0) {
        probe_op00_loop();
    } else {
        probe_op01_misbehave();
    }
}

int8_t *probe_input(void)
{
    return (int8_t *)ek_arena;
}

const int8_t *probe_output(void)
{
    return (const int8_t *)ek_arena;
}

void probe_invoke(void)
{
    probe_run_op(0);
    probe_run_op(1);
}

static const ek_tensor_t tensors[] = {
    {ek_arena, 8, EK_INT8, 1.0F, 0},
    {ek_arena, 8, EK_INT8, 1.0F, 0},
};

static const ek_region_t op_outputs[] = {{ek_arena, 8}, {ek_arena, 8}};

const ek_model_t probe_model = {
    .name = "probe",
    .inputs = tensors,
    .outputs = tensors,
    .op_outputs = op_outputs,
    .run_op = probe_run_op,
    .invoke = probe_invoke,
    .arena_bytes = 16,
    .input_count = 1,
    .output_count = 1,
    .op_count = 2,
};
