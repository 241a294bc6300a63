/* SPDX-License-Identifier: Apache-2.0 */
/* A model on a serial line: the MLPerf Tiny protocol for people and for its runner, binary
 * requests for edgekit. */
#ifndef EK_CONSOLE_H
#define EK_CONSOLE_H

#include "ek_model.h"

_Noreturn void ek_console_run(const ek_model_t *model);

#endif
