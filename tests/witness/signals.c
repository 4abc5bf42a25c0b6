/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel itself makes these calls: rt_sigreturn after a handler, and
 * restart_syscall after a stop.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "witness.h"

enum { SIGNALS = 5 };

static void handler(int sig)
{
	(void)sig;
}

static void stop_and_continue(pid_t pid)
{
	int status;

	usleep(100000);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
}

int main(void)
{
	struct timespec half = { .tv_nsec = 500000000 };
	pid_t pid;

	TRUTH(rt_sigreturn, SIGNALS);
	TRUTH(restart_syscall, 1);
	signal(SIGUSR1, handler);
	for (int i = 0; i < SIGNALS; i++)
		raise(SIGUSR1);
	pid = fork();
	if (pid == 0) {
		syscall(SYS_nanosleep, &half, NULL);
		_exit(0);
	}
	stop_and_continue(pid);
}
