/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_frontend.h"

/* 64 points of log2(1 + x) and its end, 16 fractional bits. */
static const uint32_t log2_table[65] = {
    0,     1466,  2909,  4331,  5732,  7112,  8473,  9814,  11136, 12440, 13727, 14996, 16248,
    17484, 18704, 19909, 21098, 22272, 23433, 24579, 25711, 26830, 27936, 29029, 30109, 31178,
    32234, 33279, 34312, 35334, 36346, 37346, 38336, 39316, 40286, 41246, 42196, 43137, 44068,
    44990, 45904, 46809, 47705, 48593, 49472, 50344, 51207, 52063, 52911, 53751, 54584, 55410,
    56229, 57040, 57845, 58643, 59434, 60219, 60997, 61769, 62534, 63294, 64047, 64794, 65536,
};

static int32_t turned(int32_t a, int16_t c, int32_t b, int16_t s)
{
    return (int32_t)(((int64_t)a * c + (int64_t)b * s + 16384) >> 15);
}

/* Windowed samples in the order that the FFT wants them, zeros behind. */
static void load(const ek_frontend_t *frontend, const int16_t *samples, int32_t *real)
{
    uint32_t reversed = 0;
    for (uint32_t n = 0; n < frontend->fft; n++) {
        real[reversed] =
            n < frontend->frame ? (samples[n] * frontend->window[n] + (1 << 10)) >> 11 : 0;
        uint32_t bit = frontend->fft / 2U;
        while (bit != 0U && (reversed & bit) != 0U) {
            reversed ^= bit;
            bit >>= 1;
        }
        reversed |= bit;
    }
}

static void transform(const ek_frontend_t *frontend, int32_t *real, int32_t *imaginary)
{
    const uint32_t size = frontend->fft;
    memset(imaginary, 0, size * sizeof *imaginary);
    for (uint32_t half = 1; half < size; half *= 2) {
        const uint32_t stride = size / (2U * half);
        for (uint32_t k = 0; k < half; k++) {
            const int16_t c = frontend->cosine[k * stride];
            const int16_t s = frontend->sine[k * stride];
            for (uint32_t i = k; i < size; i += 2U * half) {
                const uint32_t j = i + half;
                const int32_t re = turned(real[j], c, imaginary[j], s);
                const int32_t im = turned(imaginary[j], c, real[j], (int16_t)-s);
                real[j] = real[i] - re;
                imaginary[j] = imaginary[i] - im;
                real[i] += re;
                imaginary[i] += im;
            }
        }
    }
}

/* The largest integer whose square is no more. */
static uint64_t root(uint64_t square)
{
    uint64_t result = 0;
    uint64_t bit = (uint64_t)1 << 62;
    while (bit > square) {
        bit >>= 2;
    }
    while (bit != 0U) {
        if (square >= result + bit) {
            square -= result + bit;
            result = (result >> 1) + bit;
        } else {
            result >>= 1;
        }
        bit >>= 2;
    }
    return result;
}

static uint64_t strength(const ek_frontend_t *frontend, int32_t re, int32_t im)
{
    const uint64_t square = (uint64_t)((int64_t)re * re) + (uint64_t)((int64_t)im * im);
    return frontend->magnitude ? root(square) : square >> 16;
}

static int32_t log2_of(uint64_t value)
{
    int32_t exponent = 0;
    for (uint64_t rest = value >> 1; rest != 0U; rest >>= 1) {
        exponent++;
    }
    const uint64_t aligned = exponent > 16 ? value >> (exponent - 16) : value << (16 - exponent);
    const uint32_t mantissa = (uint32_t)aligned & 0xFFFFU;
    const uint32_t low = log2_table[mantissa >> 10];
    const uint32_t high = log2_table[(mantissa >> 10) + 1U];
    return (exponent << 16) + (int32_t)(low + (((high - low) * (mantissa & 1023U) + 512U) >> 10));
}

static int8_t to_int8(const ek_frontend_t *frontend, int32_t value)
{
    const int64_t scaled = (value * frontend->scale + frontend->offset + ((int64_t)1 << 31)) >> 32;
    return (int8_t)(scaled < -128 ? -128 : scaled > 127 ? 127 : scaled);
}

void ek_frontend_frame(const ek_frontend_t *frontend, const int16_t *samples, int32_t *scratch,
                       int8_t *out)
{
    int32_t *const real = scratch;
    int32_t *const imaginary = scratch + frontend->fft;
    int32_t *const logs = imaginary + frontend->fft;
    load(frontend, samples, real);
    transform(frontend, real, imaginary);
    const uint16_t *weight = frontend->band_weights;
    for (uint32_t band = 0; band < frontend->bands; band++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < frontend->band_length[band]; i++) {
            const uint32_t bin = frontend->band_start[band] + i;
            sum += strength(frontend, real[bin], imaginary[bin]) * *weight++;
        }
        logs[band] = log2_of(sum + frontend->floor) - ((int32_t)frontend->unit_bits << 16);
    }
    for (uint32_t feature = 0; feature < frontend->features; feature++) {
        int32_t value = logs[feature % frontend->bands];
        if (frontend->matrix != NULL) {
            const int16_t *row = &frontend->matrix[feature * frontend->bands];
            int64_t sum = 16384;
            for (uint32_t band = 0; band < frontend->bands; band++) {
                sum += (int64_t)row[band] * logs[band];
            }
            value = (int32_t)(sum >> 15);
        }
        out[feature] = to_int8(frontend, value);
    }
}
