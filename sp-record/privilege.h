/* SPDX-License-Identifier: Apache-2.0 */
/* What sp-record may do, and which processes it may look at. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether every process may be recorded: as root, or with CAP_SYS_PTRACE.
 * Otherwise only processes are recorded that we may trace by the kernel's rule
 * for ptrace(2).
 */
bool privilege_is_unlimited(void);
/* Whether the kernel lets us trace the process; true if it has exited. */
bool privilege_may_trace(pid_t pid);

/* The reason, for messages about processes that may not be traced. */
#define PRIVILEGE_LIMIT "without root, sp-record records only processes that " \
	"its user may trace (ptrace(2))"

#endif
