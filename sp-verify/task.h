/* SPDX-License-Identifier: Apache-2.0 */
/* The filters that a running task has, as the kernel holds them. */
#ifndef TASK_H
#define TASK_H

#include <sys/types.h>

#include "filter/filter.h"

/*
 * The task is stopped meanwhile, and goes on as it was. NULL, and so where it
 * has no filter: printed and latched.
 */
struct filter *task_filter(pid_t pid);

#endif
