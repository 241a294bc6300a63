/* SPDX-License-Identifier: Apache-2.0 */
/* Thumb instructions by the classes that a simple pipeline's timing tells apart. After the
 * encodings in Arm's ARMv7-M architecture reference manual, chapter A5, and ARMv6-M's, chapter A5.
 */
#ifndef THUMB_H
#define THUMB_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of _mix.py's CLASSES. */
enum {
    OTHER,
    LOAD,
    LOAD_NEXT, /* a load right behind another load or store */
    STORE,
    MULTIPLE,          /* LDM, STM, PUSH, POP, LDRD, STRD and their like */
    MULTIPLE_REGISTER, /* registers of those, one by one */
    MULTIPLY,
    MULTIPLY_ADD, /* MLA, MLS */
    DIVIDE,
    FLOAT_MULTIPLY_ADD,
    FLOAT_DIVIDE, /* and square root */
    BRANCH_STAYED,
    BRANCH_TAKEN,
    CALL,    /* BL */
    LOAD_PC, /* a load of the program counter, beside its LOAD or MULTIPLE */
    CLASSES
};

typedef struct {
    uint8_t class;
    uint8_t registers; /* of MULTIPLE */
    bool branches;     /* may change the program counter */
} thumb_t;

static inline uint8_t thumb_ones(uint32_t bits)
{
    return (uint8_t)__builtin_popcount(bits);
}

static inline thumb_t thumb_of(uint8_t class)
{
    return (thumb_t){class, 0, class == BRANCH_TAKEN || class == CALL};
}

static inline thumb_t thumb_multiple(uint32_t registers, bool pc)
{
    return (thumb_t){MULTIPLE, (uint8_t)registers, pc};
}

static inline thumb_t thumb_16(uint32_t a)
{
    const uint32_t top = a >> 12;
    if ((a & 0xFFC0U) == 0x4340U) {
        return thumb_of(MULTIPLY);
    }
    if ((a & 0xFF00U) == 0x4700U || (a & 0xFF87U) == 0x4687U || (a & 0xFF87U) == 0x4487U) {
        return thumb_of(BRANCH_TAKEN); /* BX, BLX, MOV pc, ADD pc */
    }
    if ((a & 0xF800U) == 0x4800U) {
        return thumb_of(LOAD);
    }
    if (top == 5U) {
        return thumb_of(((a >> 9) & 7U) < 3U ? STORE : LOAD);
    }
    if (top >= 6U && top <= 9U) {
        return thumb_of((a & 0x0800U) != 0 ? LOAD : STORE);
    }
    if ((a & 0xF600U) == 0xB400U) { /* PUSH, POP */
        return thumb_multiple(thumb_ones(a & 0x1FFU), (a & 0x0900U) == 0x0900U);
    }
    if (top == 12U) {
        return thumb_multiple(thumb_ones(a & 0xFFU), false);
    }
    const bool conditional = top == 13U && ((a >> 8) & 15U) < 14U;
    if ((a & 0xF500U) == 0xB100U || conditional || (a & 0xF800U) == 0xE000U) {
        return thumb_of(BRANCH_TAKEN); /* CBZ, B<c>, B */
    }
    return thumb_of(OTHER);
}

static inline thumb_t thumb_multiplies(uint32_t a, uint32_t b)
{
    const uint32_t op = (a >> 4) & 15U;
    if (op == 9U || op == 11U) {
        return thumb_of(DIVIDE);
    }
    if (op == 0U && (((b >> 4) & 15U) == 1U || ((b >> 4 & 15U) == 0U && b >> 12 != 15U))) {
        return thumb_of(MULTIPLY_ADD);
    }
    return thumb_of(MULTIPLY); /* the 64-bit and the DSP ones too */
}

static inline thumb_t thumb_float(uint32_t a, uint32_t b)
{
    if ((a & 0xFE00U) == 0xEC00U) {
        if ((a & 0xFFE0U) == 0xEC40U) {
            return thumb_of(OTHER); /* between registers */
        }
        if ((a & 0x0120U) == 0x0100U) {
            return thumb_of((a & 0x10U) != 0 ? LOAD : STORE);
        }
        return thumb_multiple(b & 0xFFU, false);
    }
    const bool data = (b & 0x10U) == 0;
    const uint32_t op = (a >> 4) & 11U;
    if (data && (op == 8U || ((a & 0xFFBFU) == 0xEEB1U && (b & 0xC0U) == 0xC0U))) {
        return thumb_of(FLOAT_DIVIDE);
    }
    const bool adds = op == 0U || op == 1U || op == 9U || op == 10U;
    return thumb_of(data && adds ? FLOAT_MULTIPLY_ADD : OTHER);
}

static inline thumb_t thumb_32(uint32_t a, uint32_t b)
{
    if ((a & 0xFE40U) == 0xE800U) { /* LDM, STM */
        return thumb_multiple(thumb_ones(b), (a & 0x10U) != 0 && (b & 0x8000U) != 0);
    }
    if ((a & 0xFE40U) == 0xE840U) {
        if ((a & 0xFFF0U) == 0xE8D0U && (b & 0xFFE0U) == 0xF000U) {
            return (thumb_t){LOAD, 0, true}; /* TBB, TBH */
        }
        if ((a & 0x0120U) != 0) { /* LDRD, STRD */
            return thumb_multiple(2U, false);
        }
        return thumb_of((a & 0x10U) != 0 ? LOAD : STORE); /* exclusive */
    }
    if ((a & 0xFE00U) == 0xF800U) {
        const bool load = (a & 0x10U) != 0;
        const bool to_pc = b >> 12 == 15U;
        if (load && to_pc && (a & 0x60U) != 0x40U) {
            return thumb_of(OTHER); /* a hint to load early */
        }
        return (thumb_t){load ? LOAD : STORE, 0, load && to_pc};
    }
    if ((a & 0xFF00U) == 0xFB00U) {
        return thumb_multiplies(a, b);
    }
    if ((a & 0xF800U) == 0xF000U && (b & 0x8000U) != 0) {
        if ((b & 0xD000U) == 0xD000U) {
            return thumb_of(CALL);
        }
        const bool conditional = (b & 0xD000U) == 0x8000U && (a & 0x0380U) != 0x0380U;
        return thumb_of((b & 0xD000U) == 0x9000U || conditional ? BRANCH_TAKEN : OTHER);
    }
    if ((a & 0xEC00U) == 0xEC00U && (b & 0x0E00U) == 0x0A00U) {
        return thumb_float(a, b);
    }
    return thumb_of(OTHER);
}

/* size: 2 or 4 bytes. */
static inline thumb_t thumb_decode(const uint8_t *code, uint32_t size)
{
    const uint32_t a = code[0] | (uint32_t)code[1] << 8;
    return size == 2U ? thumb_16(a) : thumb_32(a, code[2] | (uint32_t)code[3] << 8);
}

#endif
