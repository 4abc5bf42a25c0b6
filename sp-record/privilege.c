/* SPDX-License-Identifier: Apache-2.0 */
#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <unistd.h>

#include "process/capability.h"

bool privilege_is_unlimited(void)
{
	return !geteuid() || capability_has(CAP_SYS_PTRACE);
}

/*
 * The kernel checks PTRACE_MODE_READ_FSCREDS when this file is opened: proc(5).
 */
bool privilege_may_trace(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || (errno != EACCES && errno != EPERM);
}
