/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the filters of a running task from the kernel. */
#ifndef TASK_H
#define TASK_H

#include <sys/types.h>

#include "filter/filter.h"

/*
 * Stops the task while it reads, and then lets it continue. Returns NULL if it
 * printed and latched an error. A task without a filter is an error, too.
 */
struct filter *task_filter(pid_t pid);

#endif
