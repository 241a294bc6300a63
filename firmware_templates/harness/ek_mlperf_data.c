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

static uint32_t count_of(const ek_tensor_t *tensor)
{
    return tensor->bytes / (tensor->dtype == EK_FLOAT32 ? 4U : tensor->dtype == EK_INT16 ? 2U : 1U);
}

static float output_at(const ek_tensor_t *output, uint32_t index)
{
    if (output->dtype == EK_FLOAT32) {
        return ((const float *)output->data)[index];
    }
    const int32_t value = output->dtype == EK_INT16 ? ((const int16_t *)output->data)[index]
                                                    : ((const int8_t *)output->data)[index];
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
    const bool wide = input->dtype == EK_INT16;
    const float least = wide ? -32768.0F : -128.0F;
    const float most = wide ? 32767.0F : 127.0F;
    uint8_t *loaded = ek_run_input();
    for (uint32_t i = 0; i < count_of(input); i++) {
        const float scaled = window_at(i) / input->scale + (float)input->zero_point;
        const float rounded = scaled < 0.0F ? scaled - 0.5F : scaled + 0.5F;
        const float high = rounded > most ? most : rounded;
        const int32_t code = (int32_t)(high < least ? least : high);
        loaded[wide ? 2U * i : i] = (uint8_t)code;
        if (wide) {
            loaded[2U * i + 1U] = (uint8_t)((uint32_t)code >> 8);
        }
    }
    ek_run_input_changed();
}

void ek_mlperf_results(void)
{
    const ek_tensor_t *output = &ek_run_model()->outputs[0];
    float sum = 0.0F;
    const uint32_t count = count_of(output);
    for (uint32_t i = 0; i < count; i++) {
        const float difference = output_at(output, i) - window_at(i);
        sum += difference * difference;
    }
    ek_text("m-results-[");
    ek_text_milli(milli(sum / (float)count));
    ek_text("]\r\n");
}

#else

#define FLIP (EK_MLPERF_INPUT == EK_MLPERF_UINT8 ? 0x80U : 0U)

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
    for (uint32_t i = 0; i < count_of(output); i++) {
        if (i > 0) {
            ek_text(",");
        }
        ek_text_milli(milli(output_at(output, i)));
    }
    ek_text("]\r\n");
}

#endif
