/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor that is passed to another process: SCM_RIGHTS, unix(7). */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include <stdbool.h>

/* Also sends a byte: some sockets send no descriptor without data. */
bool descriptor_send(int socket, int fd);
/* Does not wait. The descriptor is close-on-exec; -1 with errno: none came. */
int descriptor_receive(int socket);

#endif
