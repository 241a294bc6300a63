/* SPDX-License-Identifier: Apache-2.0 */
/* The console as a program of the PC: on standard input and output, or, if EK_PORT is set, on a
 * TCP port of 127.0.0.1 (0: any free one), which it prints. It ends with its input. */
#define _POSIX_C_SOURCE 200809L

#include "ek_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TICKS_HZ 10000000U
#define NS_PER_TICK (1000000000U / TICKS_HZ)

static int input = STDIN_FILENO;
static int output = STDOUT_FILENO;
static uint8_t received[4096];
static size_t received_bytes;
static size_t taken;

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void serve(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t bytes = sizeof address;
    const int yes = 1;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, (struct sockaddr *)&address, bytes) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &bytes) != 0) {
        fail("can't listen");
    }
    (void)printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
    (void)fflush(stdout);
    const int line = accept(listener, NULL, NULL);
    if (line < 0 || setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0) {
        fail("can't accept");
    }
    (void)close(listener);
    input = line;
    output = line;
}

void ek_port_init(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const char *port = getenv("EK_PORT");
    if (port != NULL) {
        serve((uint16_t)strtoul(port, NULL, 10));
    }
}

bool ek_port_read(uint8_t *byte)
{
    if (taken == received_bytes) {
        return false;
    }
    *byte = received[taken++];
    return true;
}

void ek_port_write(const uint8_t *data, size_t bytes)
{
    while (bytes > 0) {
        const ssize_t sent = write(output, data, bytes);
        if (sent <= 0) {
            exit(EXIT_SUCCESS); /* nobody listens any more */
        }
        data += sent;
        bytes -= (size_t)sent;
    }
}

void ek_port_wait(void)
{
    const ssize_t bytes = read(input, received, sizeof received);
    if (bytes <= 0) {
        exit(EXIT_SUCCESS);
    }
    received_bytes = (size_t)bytes;
    taken = 0;
}

uint32_t ek_port_ticks(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * TICKS_HZ + (uint64_t)now.tv_nsec / NS_PER_TICK);
}

uint32_t ek_port_ticks_hz(void)
{
    return TICKS_HZ;
}

void ek_port_marker(bool high)
{
    (void)high;
}
