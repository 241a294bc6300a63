/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_H
#define PROBE_H

#include "ek_model.h"

#define PROBE_INPUT_SIZE 8U
#define PROBE_OUTPUT_SIZE 8U

extern const ek_model_t probe_model;

int8_t *probe_input(void);
const int8_t *probe_output(void);
void probe_invoke(void);

#endif
