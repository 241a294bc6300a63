/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNNER_H
#define RUNNER_H

#include "ek_model.h"

/* With sanitizers every model has an arena of its own, so that whatever reaches beyond it is
 * found. On a board, which has no room for that, all have the same. */
#undef EK_ARENA
#ifdef __SANITIZE_ADDRESS__
#define EK_ARENA(bytes) EK_ALIGNED(16) uint8_t ek_arena[bytes]
#define RUNNER_ARENA(model) model##_arena
#define RUNNER_COMMON_ARENA(bytes) _Static_assert(bytes > 0, "an arena")
#else
#define EK_ARENA(bytes) extern uint8_t ek_arena[]
#define RUNNER_ARENA(model) ek_arena
#define RUNNER_COMMON_ARENA(bytes) EK_ALIGNED(16) uint8_t ek_arena[bytes]
#endif

typedef struct {
    const char *name;
    const ek_model_t *model;
    uint8_t *arena;
    const uint8_t *inputs;   /* [samples][input_bytes] */
    const uint8_t *expected; /* [samples][bytes of output 0] */
    uint32_t input_bytes;
    uint32_t samples;
} runner_case_t;

extern const runner_case_t runner_cases[];
extern const uint32_t runner_case_count;

/* Returns the number of samples that differ. */
int32_t runner_run(void);

/* Where text goes: main_host.c or main_board.c. */
void runner_write(const char *text, size_t length);

#endif
