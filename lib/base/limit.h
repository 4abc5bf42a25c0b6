/* SPDX-License-Identifier: Apache-2.0 */
/* The resource limits of this process. */
#ifndef LIMIT_H
#define LIMIT_H

#include <sys/resource.h>

/* Lowers a limit, soft and hard, to at most `most`; never raises it. */
void limit_lower(int resource, rlim_t most);
/*
 * Does the same for the soft limit alone. At the soft RLIMIT_CPU, the process
 * gets SIGXCPU.
 */
void limit_lower_soft(int resource, rlim_t most);
/* Raises the soft limit to the hard one. */
void limit_raise(int resource);

#endif
