/* SPDX-License-Identifier: Apache-2.0 */
/* What the sockets of a trace tell together. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>

#include "stream/trace.h"

/* The port of a socket's fact; -1: it is not of inet or inet6. */
int socket_port(const struct call *fact);
/* Whether the kernel chose the port: the run listened on it and never bound it. */
bool port_was_chosen(const struct trace *t, int port);
/*
 * Whether a socket's fact reached an abstract name of AF_UNIX that nobody in the
 * trace had.
 */
bool socket_is_outside(const struct trace *t, const struct call *fact);

#endif
