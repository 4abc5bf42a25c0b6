/* SPDX-License-Identifier: Apache-2.0 */
/* The privileges of this process, and the processes that it may trace. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether we may record every process, as root or with CAP_SYS_PTRACE. If not,
 * we only record processes that ptrace(2) permits us to trace.
 */
bool privilege_is_unlimited(void);
/*
 * Whether the kernel lets us trace the process. Returns true for an exited one.
 */
bool privilege_may_trace(pid_t pid);

/* The reason why processes are not recorded, for messages. */
#define PRIVILEGE_LIMIT "without root, sp-record records only processes that " \
	"its user may trace (ptrace(2))"

#endif
