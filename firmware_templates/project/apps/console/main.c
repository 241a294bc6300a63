/* SPDX-License-Identifier: Apache-2.0 */
/* The model on the serial line, for `edgekit verify` and `edgekit bench`. */
#include "ek_console.h"

extern const ek_model_t EK_MODEL;

int main(void)
{
    ek_console_run(&EK_MODEL);
}
