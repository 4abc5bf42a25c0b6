/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To release BPF programs, maps and memory takes the kernel longer than `true`
 * takes to run. The caller waits until sp-record exits. So a child keeps them
 * beyond that, and the kernel releases them when the child ends.
 */
#ifndef REMAINS_H
#define REMAINS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Starts a process that shares our memory, keeps the descriptors `fds` open,
 * and is killed when we exit. Sorts `fds`. Returns false if this fails. Outside
 * the initial pid namespace it always returns false, because the process could
 * stay a zombie there.
 */
bool remains_leave(int *fds, size_t n);

#endif
