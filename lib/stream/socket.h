/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about sockets that follow only from all sockets of a trace together. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>

#include "stream/trace.h"

/*
 * Returns the port in a socket's fact, or -1 for a family other than inet and
 * inet6.
 */
int socket_port(const struct fact *fact);

/*
 * The ports and names of all sockets in a trace. It keeps pointers to the
 * facts.
 */
struct socket_set;
struct socket_set *socket_set_new(const struct trace *t);
void socket_set_free(struct socket_set *set);
/*
 * Whether the kernel chose the port. It did if the program listened without
 * binding the port.
 */
bool port_was_chosen(const struct socket_set *set, int port);
/*
 * Whether the program reached an abstract AF_UNIX name to which no socket of
 * the trace was bound.
 */
bool socket_is_outside(const struct socket_set *set, const struct fact *fact);

#endif
