/* SPDX-License-Identifier: Apache-2.0 */
#include "privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <unistd.h>

#include "process/capability.h"

bool privilege_is_unlimited(void)
{
	return !geteuid() || capability_has(CAP_SYS_PTRACE);
}

/*
 * Reads a link for which the kernel checks PTRACE_MODE_READ_FSCREDS: proc(5).
 * Other files in /proc need the same check, but opening them can block until an
 * execve(2) of the process ends.
 */
bool privilege_may_trace(pid_t pid)
{
	char path[32], target[1];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, target, sizeof(target)) >= 0 ||
		(errno != EACCES && errno != EPERM);
}
