/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At the end, the kernel takes longer to release programs, maps and memory than
 * `true` takes to run. The caller of sp-record waits for its exit, so a child
 * does that afterwards.
 */
#ifndef REMAINS_H
#define REMAINS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Starts a process that shares our memory, keeps the descriptors `fds` open,
 * and is killed when we exit. Sorts `fds`. Returns false if that fails.
 */
bool remains_leave(int *fds, size_t n);

#endif
