/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel takes longer to release BPF programs, maps and memory than `true`
 * takes to run. The caller waits until sp-record exits, so a child holds them
 * until then, and the kernel releases them when the child ends.
 */
#ifndef REMAINS_H
#define REMAINS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Starts a process that shares our memory, keeps the descriptors `fds` open,
 * and is killed when we exit. Sorts `fds`. Returns false if that fails, or if
 * perhaps nobody would reap the process.
 */
bool remains_leave(int *fds, size_t n);

#endif
