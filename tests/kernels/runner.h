/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNNER_H
#define RUNNER_H

#include "ek_model.h"

typedef struct {
    const char *name;
    const ek_model_t *model;
    const uint8_t *inputs;   /* [samples][input_bytes] */
    const uint8_t *expected; /* [samples][bytes of output 0] */
    uint32_t input_bytes;
    uint32_t samples;
} runner_case_t;

extern const runner_case_t runner_cases[];
extern const uint32_t runner_case_count;
extern uint8_t ek_arena[];

/* Returns the number of samples that differ. */
int32_t runner_run(void);

/* Where text goes: main_host.c or main_board.c. */
void runner_write(const char *text, size_t length);

#endif
