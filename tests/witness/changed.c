/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tracer changes these calls at their entry. seccomp sees the changed calls.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "witness.h"

enum { CHANGED = 3 };

static void child(void)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0))
		_exit(CANNOT);
	raise(SIGSTOP);
	for (int i = 0; i < CHANGED; i++)
		MARK(getpgid);
	_exit(0);
}

int main(void)
{
	size_t nr = offsetof(struct user_regs_struct, orig_rax);
	pid_t pid = fork();
	int status;

	if (!pid)
		child();
	waitpid(pid, &status, 0);
	while (!ptrace(PTRACE_SYSCALL, pid, 0, 0) &&
	       waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		if (ptrace(PTRACE_PEEKUSER, pid, nr, 0) == SYS_getpgid)
			ptrace(PTRACE_POKEUSER, pid, nr, SYS_getsid);
	if (!WIFEXITED(status))
		return CANNOT;
	TRUTH(getsid, CHANGED);
	TRUTH(getpgid, 0);
	return WEXITSTATUS(status);
}
