/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At the end, the kernel takes longer to release programs, maps and memory than
 * `true` takes to run. A child can do that after our exit, for which our caller
 * waits.
 */
#ifndef REMAINS_H
#define REMAINS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Starts a process that shares our memory, keeps the descriptors `fds` open, and
 * is killed by our exit. Sorts `fds`. Returns false if that fails.
 */
bool remains_leave(int *fds, size_t n);

#endif
