/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_mlperf.h"

#include "ek_clock.h"
#include "ek_mlperf_data.h"
#include "ek_run.h"
#include "ek_text.h"

#define DEFAULT_WARM_UP 10U
#define BYTES_PER_LINE 8U

static uint32_t expected; /* bytes that `db load` announced */
static uint32_t filled;

/* Cut the next word off; an empty text at the end. */
static char *next_word(char **rest)
{
    char *word = *rest;
    while (*word == ' ') {
        word++;
    }
    char *end = word;
    while (*end != '\0' && *end != ' ') {
        end++;
    }
    *rest = end;
    if (*end != '\0') {
        *end = '\0';
        *rest = end + 1;
    }
    return word;
}

static bool same(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return *a == *b;
}

/* A decimal number; 0 for anything else, and the largest for what does not fit. */
static uint32_t parse_number(const char *text)
{
    uint32_t value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return 0;
        }
        const uint32_t digit = (uint32_t)(*text - '0');
        value = value > (UINT32_MAX - digit) / 10U ? UINT32_MAX : value * 10U + digit;
    }
    return value;
}

static void line(const char *text)
{
    ek_text(text);
    ek_text("\r\n");
}

static void line_number(const char *before, uint64_t value, const char *after)
{
    ek_text(before);
    ek_text_number(value);
    line(after);
}

static void lap(uint64_t ticks)
{
    line_number("m-lap-us-", ek_clock_us(ticks), "");
}

static void infer(char *rest)
{
    const char *word = next_word(&rest);
    const uint32_t runs = *word == '\0' ? 1 : parse_number(word);
    word = next_word(&rest);
    uint32_t warm_up = *word == '\0' ? DEFAULT_WARM_UP : parse_number(word);
    if (runs == 0) {
        line("e-[Inference iterations must be >0]");
        return;
    }
    if (warm_up == 0 && *word != '\0' && !same(word, "0")) {
        line("e-[Inference warmup must be >=0]");
        return;
    }
    ek_mlperf_prepare();
    line_number("m-warmup-start-", warm_up, "");
    for (; warm_up > 0; warm_up--) {
        (void)ek_run_invoke();
    }
    line("m-warmup-done");
    line_number("m-infer-start-", runs, "");
    /* The laps are apart by what the inferences took: loading the input is not timed. */
    uint64_t ticks = ek_clock_now();
    lap(ticks);
    for (uint32_t run = 0; run < runs; run++) {
        ticks += ek_run_invoke();
        (void)ek_clock_now();
    }
    lap(ticks);
    line("m-infer-done");
    ek_mlperf_results();
}

static void db_load(const char *word)
{
    const uint32_t bytes = parse_number(word);
    if (*word == '\0') {
        line("e-[Command 'db load' requires the # of bytes]");
    } else if (bytes == 0) {
        line("e-[Command 'db load' must be >0 bytes]");
    } else if (bytes > ek_mlperf_capacity()) {
        line_number("e-[Command 'db load' must be <=", ek_mlperf_capacity(), " bytes]");
    } else {
        expected = bytes;
        filled = 0;
        line_number("m-[Expecting ", bytes, " bytes]");
    }
}

static void db_print(void)
{
    for (uint32_t i = 0; i < filled; i++) {
        ek_text(i % BYTES_PER_LINE == 0 ? "m-buffer-" : "-");
        ek_text_hex(ek_mlperf_stored(i), 2);
        if (i % BYTES_PER_LINE == BYTES_PER_LINE - 1U || i + 1U == filled) {
            ek_text("\r\n");
        }
    }
}

/* 0 to 15, or 16 for what is no hexadecimal digit. */
static uint32_t digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0');
    }
    const char small = (char)(c | 0x20);
    return small >= 'a' && small <= 'f' ? (uint32_t)(small - 'a') + 10U : 16U;
}

static void db_bytes(const char *digits)
{
    size_t count = 0;
    while (digits[count] != '\0') {
        count++;
    }
    if (count % 2 != 0) {
        line("e-[Insufficent number of hex digits]"); /* the protocol spells it so */
        return;
    }
    for (; count > 0 && filled < expected; count -= 2, digits += 2) {
        const uint32_t high = digit_of(digits[0]);
        const uint32_t low = digit_of(digits[1]);
        if (high > 15 || low > 15) {
            ek_text("e-[Invalid hex digit '");
            ek_text_bytes(digits, 2);
            line("']");
            return;
        }
        ek_mlperf_store(filled++, (uint8_t)(high << 4 | low));
        if (filled == expected) {
            line("m-load-done");
        }
    }
}

static void db(char *rest)
{
    const char *word = next_word(&rest);
    if (*word == '\0') {
        line("e-[Command 'db' requires a subcommand]");
    } else if (same(word, "load")) {
        db_load(next_word(&rest));
    } else if (same(word, "print")) {
        db_print();
    } else {
        db_bytes(word);
    }
}

static void profile(void)
{
    line("m-profile-[ULPMark for tinyML Firmware V0.0.1]");
    ek_text("m-model-[");
    ek_text(ek_run_model()->name);
    line("]");
}

static void help(void)
{
    line("name          who this is");
    line("profile       the protocol's version and the model");
    line("timestamp     the present time");
    line("db load N     expect N bytes of input");
    line("db HH...      the next bytes, two digits each");
    line("db print      what was loaded");
    line("infer N [W]   W inferences to warm up (10), N to be timed");
    line("results       the output of the last one");
    line("end each with a percent sign; docs/protocol.md has the binary requests");
}

void ek_mlperf_boot(void)
{
    line("m-timestamp-mode-performance");
    lap(ek_clock_now());
    line("m-init-done");
    line("m-ready");
}

void ek_mlperf_take(char *command)
{
    char *rest = command;
    const char *word = next_word(&rest);
    if (same(word, "name")) {
        line("m-name-dut-[" EK_DUT_NAME "]");
    } else if (same(word, "timestamp")) {
        lap(ek_clock_now());
    } else if (same(word, "profile")) {
        profile();
    } else if (same(word, "db")) {
        db(rest);
    } else if (same(word, "infer")) {
        infer(rest);
    } else if (same(word, "results")) {
        ek_mlperf_results();
    } else if (same(word, "help")) {
        help();
    } else {
        ek_text("e-[Unknown command: ");
        ek_text(word);
        line("]");
    }
    line("m-ready");
}
