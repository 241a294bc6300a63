/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TINY_H
#define TINY_H

#include "ek_model.h"

#define TINY_INPUT_SIZE 600U
#define TINY_OUTPUT_SIZE 6U

extern const ek_model_t tiny_model;

int8_t *tiny_input(void);
const int8_t *tiny_output(void);
void tiny_invoke(void);

#endif
