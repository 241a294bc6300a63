/* SPDX-License-Identifier: Apache-2.0 */
#include "ek_port.h"
#include "runner.h"

void runner_write(const char *text, size_t length)
{
    ek_port_write((const uint8_t *)text, length);
}

int main(void)
{
    ek_port_init();
    runner_run();
    for (;;) {
        ek_port_wait();
    }
}
