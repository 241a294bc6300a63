/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_mlperf_data.h"

#include "ek_mlperf.h"
#include "ek_run.h"
#include "ek_text.h"

/* Thousandths, rounded to the nearest; 0 for what is no number or beyond two million. */
static int32_t milli(float value)
{
    const float scaled = value * 1000.0F;
    if (!(scaled > -2e9F && scaled < 2e9F)) {
        return 0;
    }
    return (int32_t)(scaled < 0.0F ? scaled - 0.5F : scaled + 0.5F);
}

static float output_at(const ek_tensor_t *output, uint32_t index)
{
    if (output->dtype == EK_FLOAT32) {
        return ((const float *)output->data)[index];
    }
    const int32_t value = ((const int8_t *)output->data)[index];
    return (float)(value - output->zero_point) * output->scale;
}

#if EK_MLPERF_INPUT == EK_MLPERF_FLOAT

/* The autoencoder's task: floats come in, and its result is how far its output is from them. */
static EK_ALIGNED(4) uint8_t window[4U * EK_INPUT_BYTES];

uint32_t ek_mlperf_capacity(void)
{
    return sizeof window;
}

void ek_mlperf_store(uint32_t offset, uint8_t byte)
{
    window[offset] = byte;
}

uint8_t ek_mlperf_stored(uint32_t offset)
{
    return window[offset];
}

static float window_at(uint32_t index)
{
    float value;
    (void)memcpy(&value, window + 4U * index, sizeof value);
    return value;
}

void ek_mlperf_prepare(void)
{
    const ek_tensor_t *input = &ek_run_model()->inputs[0];
    int8_t *loaded = (int8_t *)ek_run_input();
    for (uint32_t i = 0; i < EK_INPUT_BYTES; i++) {
        const float scaled = window_at(i) / input->scale + (float)input->zero_point;
        const float rounded = scaled < 0.0F ? scaled - 0.5F : scaled + 0.5F;
        const float high = rounded > 127.0F ? 127.0F : rounded;
        loaded[i] = (int8_t)(high < -128.0F ? -128.0F : high);
    }
    ek_run_input_changed();
}

void ek_mlperf_results(void)
{
    const ek_tensor_t *output = &ek_run_model()->outputs[0];
    float sum = 0.0F;
    for (uint32_t i = 0; i < EK_INPUT_BYTES; i++) {
        const float difference = output_at(output, i) - window_at(i);
        sum += difference * difference;
    }
    ek_text("m-results-[");
    ek_text_milli(milli(sum / (float)EK_INPUT_BYTES));
    ek_text("]\r\n");
}

#else

#define FLIP (EK_MLPERF_INPUT == EK_MLPERF_UINT8 ? 0x80U : 0U)

static uint32_t output_count(const ek_tensor_t *output)
{
    return output->dtype == EK_FLOAT32 ? output->bytes / 4U : output->bytes;
}

uint32_t ek_mlperf_capacity(void)
{
    return EK_INPUT_BYTES;
}

void ek_mlperf_store(uint32_t offset, uint8_t byte)
{
    ek_run_input()[offset] = (uint8_t)(byte ^ FLIP);
    ek_run_input_changed();
}

uint8_t ek_mlperf_stored(uint32_t offset)
{
    return (uint8_t)(ek_run_input()[offset] ^ FLIP);
}

void ek_mlperf_prepare(void)
{
}

void ek_mlperf_results(void)
{
    const ek_tensor_t *output = &ek_run_model()->outputs[0];
    ek_text("m-results-[");
    for (uint32_t i = 0; i < output_count(output); i++) {
        if (i > 0) {
            ek_text(",");
        }
        ek_text_milli(milli(output_at(output, i)));
    }
    ek_text("]\r\n");
}

#endif
