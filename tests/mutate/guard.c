/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This is linked into a changed tool: a wrong process id must not end every
 * process of the machine, as kill(-1) does.
 */
#include <signal.h>
#include <stdlib.h>

int __real_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal);

int __wrap_kill(pid_t pid, int signal)
{
	if (pid <= 1)
		abort();
	return __real_kill(pid, signal);
}
