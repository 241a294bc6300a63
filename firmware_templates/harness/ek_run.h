/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the model: whole, or op by op. The model's input lies in the arena and is overwritten by
 * an inference, so the console keeps what the host loaded and copies it in each time. */
#ifndef EK_RUN_H
#define EK_RUN_H

#include "ek_model.h"

void ek_run_start(const ek_model_t *model);

const ek_model_t *ek_run_model(void);

/* What the host loaded: the bytes of all inputs, one behind the other. */
uint8_t *ek_run_input(void);
uint32_t ek_run_input_bytes(void);

/* To be called when the loaded input has changed: results of earlier ops are void. */
void ek_run_input_changed(void);

/* One inference. Returns its ticks, without copying the input in. */
uint32_t ek_run_invoke(void);

/* Run one op after the other until op `last` is done, going on where the last call stopped if
 * the arena still holds that state. Returns the ticks of the last one. */
uint32_t ek_run_until(uint32_t last);

/* The number of ops that ek_run_until() has done and whose last output still stands. */
uint32_t ek_run_done(void);

/* The stack that one inference needs, or 0 where that can't be told. */
uint32_t ek_run_stack(void);

#endif
