/* SPDX-License-Identifier: Apache-2.0 */
/* Resource limits of this process. */
#ifndef LIMIT_H
#define LIMIT_H

#include <sys/resource.h>

/* Lower a limit, soft and hard, to at most `most`; never raise it. */
void limit_lower(int resource, rlim_t most);
/*
 * The same for the soft limit alone. At the soft RLIMIT_CPU, the process gets
 * SIGXCPU.
 */
void limit_lower_soft(int resource, rlim_t most);

#endif
