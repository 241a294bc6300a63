/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the console's place in a firmware project: runs the cases once a byte comes, since
 * pyserial throws away what it receives while it opens a socket. */
#include "ek_port.h"
#include "runner.h"

void runner_write(const char *text, size_t length)
{
    ek_port_write((const uint8_t *)text, length);
}

int main(void)
{
    uint8_t start;
    ek_port_init();
    while (!ek_port_read(&start)) {
        ek_port_wait();
    }
    runner_run();
    for (;;) {
        ek_port_wait();
    }
}
