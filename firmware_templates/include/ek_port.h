/* SPDX-License-Identifier: Apache-2.0 */
/* What a chip must offer: six functions. Everything else of the runtime is chip-free. */
#ifndef EK_PORT_H
#define EK_PORT_H

#include "ek_types.h"

/* Clocks, UART (8N1, receive by interrupt into a buffer) and timer. Called once, first. */
void ek_port_init(void);

/* Take one received byte. Returns false where there is none. */
bool ek_port_read(uint8_t *byte);

/* Send bytes; returns when the last one is handed to the UART. */
void ek_port_write(const uint8_t *data, size_t bytes);

/* Sleep until an interrupt may have brought a byte; may return early. */
void ek_port_wait(void);

/* A free-running 32-bit counter, upwards, and its rate. */
uint32_t ek_port_ticks(void);
uint32_t ek_port_ticks_hz(void);

/* The pin that an energy meter watches: idles high, low while an inference runs. */
void ek_port_marker(bool high);

#endif
