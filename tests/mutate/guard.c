/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked into a mutated tool, whose kill() could get a wrong process id:
 * kill(-1) would end every process of the machine.
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
