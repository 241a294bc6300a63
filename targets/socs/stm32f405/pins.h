/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's pins as numbers: 16 * port + pin. */
#ifndef EK_PINS_H
#define EK_PINS_H

#define EK_PINS_OF(port)                                                                           \
    port##0, port##1, port##2, port##3, port##4, port##5, port##6, port##7, port##8, port##9,      \
        port##10, port##11, port##12, port##13, port##14, port##15

enum {
    EK_PINS_OF(PA),
    EK_PINS_OF(PB),
    EK_PINS_OF(PC),
    EK_PINS_OF(PD),
    EK_PINS_OF(PE),
    EK_PINS_OF(PF),
    EK_PINS_OF(PG),
    EK_PINS_OF(PH),
    EK_PINS_OF(PI),
    EK_PINS_OF(PJ),
    EK_PINS_OF(PK)
};

#endif
