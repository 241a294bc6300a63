/* SPDX-License-Identifier: Apache-2.0 */
/* A QEMU plugin: counts the executed instructions by class, in windows. A window begins where one
 * of some functions does and ends once the function that measures goes on.
 *
 * Arguments: begin=ADDRESS (one or more), end_low=ADDRESS, end_high=ADDRESS, log=PATH. Each window
 * becomes a line of the file: the address that it began at, then the counts, all in decimal. */
#include "qemu_plugin.h"
#include "thumb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BEGINS 8

/* A translated block, described once and counted each time that it runs. */
typedef struct {
    uint64_t start;
    uint64_t behind; /* where it goes on if it does not branch */
    uint32_t counts[CLASSES];
    uint8_t last_class; /* of the branch at its end */
    bool branches;
    bool loads_pc;
    bool begins;
    bool ends;
} block_t;

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t begins[MAX_BEGINS];
static size_t begin_count;
static uint64_t end_low;
static uint64_t end_high;
static FILE *file;

static bool active;
static uint64_t began;
static uint64_t counts[CLASSES];
static const block_t *before; /* the block that ran last, if it may have branched */

static void finish(void)
{
    (void)fprintf(file, "%" PRIu64, began);
    for (size_t i = 0; i < CLASSES; i++) {
        (void)fprintf(file, " %" PRIu64, counts[i]);
    }
    (void)fprintf(file, "\n");
    (void)fflush(file);
}

/* Which way the last block's branch went shows in the block that follows. */
static void settle(uint64_t next)
{
    if (before == NULL) {
        return;
    }
    const bool taken = next != before->behind;
    if (before->loads_pc) {
        counts[LOAD_PC] += taken;
    } else {
        counts[taken ? before->last_class : BRANCH_STAYED]++;
    }
    before = NULL;
}

static void executed(unsigned int cpu, void *data)
{
    (void)cpu;
    const block_t *block = data;
    if (!active && !block->begins) {
        return;
    }
    if (!active) {
        active = true;
        began = block->start;
        before = NULL;
        memset(counts, 0, sizeof counts);
    }
    settle(block->start);
    if (block->ends) {
        active = false;
        finish();
        return;
    }
    for (size_t i = 0; i < CLASSES; i++) {
        counts[i] += block->counts[i];
    }
    before = block->branches ? block : NULL;
}

/* One instruction into its block's description. */
static void describe(block_t *block, thumb_t found, bool *memory)
{
    const bool touches = found.class >= LOAD && found.class <= MULTIPLE;
    const bool is_branch = found.class == BRANCH_TAKEN || found.class == CALL;
    block->branches = found.branches;
    block->loads_pc = found.branches && !is_branch;
    block->last_class = found.class;
    if (!is_branch) { /* branches are counted once it is known where they went */
        block->counts[found.class == LOAD && *memory ? LOAD_NEXT : found.class]++;
        block->counts[MULTIPLE_REGISTER] += found.registers;
    }
    *memory = touches;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    block_t *block = calloc(1, sizeof *block); /* lives as long as QEMU */
    if (block == NULL) {
        abort();
    }
    block->start = qemu_plugin_tb_vaddr(tb);
    block->behind = block->start;
    block->ends = block->start >= end_low && block->start < end_high;
    for (size_t i = 0; i < begin_count; i++) {
        block->begins = block->begins || block->start == begins[i];
    }
    bool memory = false;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint32_t size = (uint32_t)qemu_plugin_insn_size(insn);
        describe(block, thumb_decode(qemu_plugin_insn_data(insn), size), &memory);
        block->behind += size;
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, block);
}

static int take(const char *argument)
{
    const char *value = strchr(argument, '=');
    if (value == NULL) {
        return -1;
    }
    value++;
    if (strncmp(argument, "log=", 4) == 0) {
        file = fopen(value, "w");
        return file == NULL ? -1 : 0;
    }
    const uint64_t address = strtoull(value, NULL, 0);
    if (strncmp(argument, "begin=", 6) == 0 && begin_count < MAX_BEGINS) {
        begins[begin_count++] = address;
    } else if (strncmp(argument, "end_low=", 8) == 0) {
        end_low = address;
    } else if (strncmp(argument, "end_high=", 9) == 0) {
        end_high = address;
    } else {
        return -1;
    }
    return 0;
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (take(argv[i]) != 0) {
            (void)fprintf(stderr, "plugin: can't take %s\n", argv[i]);
            return -1;
        }
    }
    if (file == NULL || begin_count == 0) {
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
