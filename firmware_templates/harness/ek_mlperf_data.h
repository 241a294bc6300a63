/* SPDX-License-Identifier: Apache-2.0 */
/* The buffer that `db` fills, and the results: where the reference tasks differ from each other. */
#ifndef EK_MLPERF_DATA_H
#define EK_MLPERF_DATA_H

#include "ek_types.h"

/* How many bytes a host may load. */
uint32_t ek_mlperf_capacity(void);

void ek_mlperf_store(uint32_t offset, uint8_t byte);

/* The byte at an offset as the host sent it. */
uint8_t ek_mlperf_stored(uint32_t offset);

/* Make the model's input of what was loaded. */
void ek_mlperf_prepare(void);

/* "m-results-[...]". */
void ek_mlperf_results(void);

#endif
