/* SPDX-License-Identifier: Apache-2.0 */
/* How the harness sees a generated model: a table, so that it need not know the model's name.
 * An application that calls <name>_invoke() itself never links it. */
#ifndef EK_MODEL_H
#define EK_MODEL_H

#include "ek_types.h"

typedef enum { EK_INT8 = 0, EK_FLOAT32 = 1, EK_INT16 = 2 } ek_dtype_t;

/* An input or an output. */
typedef struct {
    void *data;
    uint32_t bytes;
    ek_dtype_t dtype;
    float scale;
    int32_t zero_point;
} ek_tensor_t;

/* What an op writes. */
typedef struct {
    void *data;
    uint32_t bytes;
} ek_region_t;

typedef struct {
    const char *name;
    const ek_tensor_t *inputs;
    const ek_tensor_t *outputs;
    const ek_region_t *op_outputs; /* [op_count]: valid from op i until a later op reuses it */
    void (*run_op)(uint32_t index);
    void (*invoke)(void); /* run_op(0) ... run_op(op_count - 1) */
    uint32_t arena_bytes;
    uint16_t input_count;
    uint16_t output_count;
    uint16_t op_count;
} ek_model_t;

#endif
