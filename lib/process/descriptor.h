/* SPDX-License-Identifier: Apache-2.0 */
/* Passes a descriptor to another process: SCM_RIGHTS in unix(7). */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include <stdbool.h>

/* Also sends one byte, because some sockets pass no descriptor without data. */
bool descriptor_send(int socket, int fd);
/*
 * Does not wait. The descriptor is close-on-exec. Returns -1 with errno if none
 * came.
 */
int descriptor_receive(int socket);

#endif
