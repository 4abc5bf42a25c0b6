/* SPDX-License-Identifier: Apache-2.0 */
/* Sends a descriptor to another process: SCM_RIGHTS, unix(7). */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include <stdbool.h>

/* With one byte of data, since some sockets send nothing without. */
bool descriptor_send(int socket, int fd);
/* Close-on-exec; -1 with errno: there is none. Does not wait. */
int descriptor_receive(int socket);

#endif
