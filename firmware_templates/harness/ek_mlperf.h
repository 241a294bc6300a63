/* SPDX-License-Identifier: Apache-2.0 */
/* The device side of the MLPerf Tiny protocol: ASCII commands, answers in lines. */
#ifndef EK_MLPERF_H
#define EK_MLPERF_H

#include "ek_types.h"

/* How the host's bytes become the model's input; the reference tasks differ. */
#define EK_MLPERF_RAW 0   /* the input's own bytes */
#define EK_MLPERF_UINT8 1 /* uint8, of which 128 is subtracted */
#define EK_MLPERF_FLOAT 2 /* float32, quantized here; the result is the mean square error */

/* What a device says after reset. */
void ek_mlperf_boot(void);

/* Answer a command, given without its '%' and ended by 0; the text is changed. */
void ek_mlperf_take(char *command);

#endif
