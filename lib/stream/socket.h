/* SPDX-License-Identifier: Apache-2.0 */
/* What the sockets of a trace tell together. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>

#include "stream/trace.h"

/* The port of a socket's fact; -1: it is not of inet or inet6. */
int socket_port(const struct fact *fact);

/* The ports and names that the sockets of a trace had. It keeps the facts. */
struct socket_set;
struct socket_set *socket_set_new(const struct trace *t);
void socket_set_free(struct socket_set *set);
/* Whether the kernel chose the port: the run listened on it and never bound it. */
bool port_was_chosen(const struct socket_set *set, int port);
/*
 * Whether a socket's fact reached an abstract name of AF_UNIX that nobody in the
 * trace had.
 */
bool socket_is_outside(const struct socket_set *set, const struct fact *fact);

#endif
