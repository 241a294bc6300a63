/* SPDX-License-Identifier: Apache-2.0 */
/* The receive buffer between a port's interrupt, which puts, and the console, which takes. One
 * writer and one reader, each with an index of its own, so that no lock is needed. */
#ifndef EK_RING_H
#define EK_RING_H

#include "ek_types.h"

/* Two of the longest frames: what a host can send while the device is busy with one. */
#define EK_RING_BYTES 512U

typedef struct {
    volatile uint32_t written;
    volatile uint32_t taken;
    uint8_t bytes[EK_RING_BYTES];
} ek_ring_t;

/* A byte that finds no room is dropped: the frame's CRC tells, and the host sends again. */
static inline void ek_ring_put(ek_ring_t *ring, uint8_t byte)
{
    const uint32_t written = ring->written;
    if (written - ring->taken < EK_RING_BYTES) {
        ring->bytes[written % EK_RING_BYTES] = byte;
        ring->written = written + 1;
    }
}

static inline bool ek_ring_empty(const ek_ring_t *ring)
{
    const uint32_t taken = ring->taken;
    return ring->written == taken;
}

static inline bool ek_ring_take(ek_ring_t *ring, uint8_t *byte)
{
    if (ek_ring_empty(ring)) {
        return false;
    }
    const uint32_t taken = ring->taken;
    *byte = ring->bytes[taken % EK_RING_BYTES];
    ring->taken = taken + 1;
    return true;
}

#endif
