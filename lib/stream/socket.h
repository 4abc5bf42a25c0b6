/* SPDX-License-Identifier: Apache-2.0 */
/* What can be told from all sockets of a trace together. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>

#include "stream/trace.h"

/* The port in a socket's fact; -1: it is not of inet or inet6. */
int socket_port(const struct fact *fact);

/*
 * The ports and names that the sockets of a trace had. Keeps pointers to the
 * facts.
 */
struct socket_set;
struct socket_set *socket_set_new(const struct trace *t);
void socket_set_free(struct socket_set *set);
/*
 * Whether the kernel chose the port: the run listened on it without binding it.
 */
bool port_was_chosen(const struct socket_set *set, int port);
/*
 * Whether a socket's fact reached an abstract AF_UNIX name that no socket in
 * the trace was bound to.
 */
bool socket_is_outside(const struct socket_set *set, const struct fact *fact);

#endif
