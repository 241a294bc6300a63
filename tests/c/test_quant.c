/* SPDX-License-Identifier: Apache-2.0 */
/* ek_quant.h against the same definitions computed another way: exactly, in wider types. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "ek_quant.h"

static int failures;

static void expect(const char *what, int32_t a, int32_t b, int32_t got, int32_t wanted)
{
    if (got != wanted) {
        printf("%s(%" PRId32 ", %" PRId32 "): %" PRId32 " instead of %" PRId32 "\n", what, a, b,
               got, wanted);
        failures++;
    }
}

/* Numerical Recipes' linear congruential generator: any values do, the same ones each time. */
static int32_t next_value(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return (int32_t)*state;
}

static int32_t high_mul_wide(int32_t a, int32_t b)
{
    /* 80-bit long double holds every 62-bit product and its half exactly. */
    const long double exact = floorl((long double)a * (long double)b / 2147483648.0L + 0.5L);
    return exact > 2147483647.0L ? INT32_MAX : (int32_t)exact;
}

static int32_t divide_wide(int32_t x, int32_t exponent)
{
    /* An int32 divided by a power of two is exact in a double; round() goes away from zero. */
    return (int32_t)round(ldexp((double)x, (int)-exponent));
}

static void check_pair(int32_t a, int32_t b)
{
    const int32_t exponent = (int32_t)((uint32_t)b & 31U);
    expect("ek_high_mul", a, b, ek_high_mul(a, b), high_mul_wide(a, b));
    expect("ek_divide_by_pot", a, exponent, ek_divide_by_pot(a, exponent),
           divide_wide(a, exponent));
    const int32_t wanted = divide_wide(high_mul_wide(a, b), exponent);
    expect("ek_requantize", a, b, ek_requantize(a, b, -exponent), wanted);
}

/* The forms for numbers that are not negative. */
static void check_natural(int32_t a, int32_t b)
{
    for (int32_t exponent = 2; exponent < 32; exponent++) {
        expect("ek_scale_natural", a, b,
               (int32_t)ek_scale_natural((uint32_t)a, (uint32_t)b, exponent),
               divide_wide(high_mul_wide(a, b), exponent));
        expect("ek_divide_natural_by_pot", a, exponent,
               (int32_t)ek_divide_natural_by_pot((uint32_t)a, exponent), divide_wide(a, exponent));
    }
    expect("ek_scale_natural", a, b, (int32_t)ek_scale_natural((uint32_t)a, (uint32_t)b, 32), 0);
}

int main(void)
{
    static const int32_t edges[] = {
        INT32_MIN, INT32_MIN + 1, -1073741824, -65537,     -3,        -2,           -1, 0, 1, 2,
        3,         65536,         32767,       1073741824, INT32_MAX, INT32_MAX - 1};
    const size_t count = sizeof edges / sizeof edges[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            check_pair(edges[i], edges[j]);
            check_natural(edges[i] & INT32_MAX, edges[j] & INT32_MAX);
        }
        for (int32_t exponent = 0; exponent < 32; exponent++) {
            expect("ek_divide_by_pot", edges[i], exponent, ek_divide_by_pot(edges[i], exponent),
                   divide_wide(edges[i], exponent));
        }
    }
    uint32_t state = 1;
    for (int i = 0; i < 200000; i++) {
        const int32_t a = next_value(&state);
        check_pair(a, next_value(&state));
        check_pair(a >> 16, next_value(&state));
        if (i % 16 == 0) {
            check_natural(a & INT32_MAX, next_value(&state) & INT32_MAX);
        }
    }
    expect("ek_clamp", -200, 0, ek_clamp(-200, -128, 127), -128);
    expect("ek_clamp", 200, 0, ek_clamp(200, -128, 127), 127);
    expect("ek_clamp", 5, 0, ek_clamp(5, -128, 127), 5);
    expect("ek_requantize left", 3, 2, ek_requantize(3, 1 << 30, 2), 6);
    printf("%d failures\n", failures);
    return failures != 0;
}
