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

	await_sleep(pid);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	await_sleep(pid);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

int main(void)
{
	struct timespec long_time = { .tv_sec = 100 };
	pid_t pid;

	TRUTH(rt_sigreturn, SIGNALS);
	TRUTH(restart_syscall, 1);
	signal(SIGUSR1, handler);
	for (int i = 0; i < SIGNALS; i++)
		raise(SIGUSR1);
	pid = fork();
	if (pid == 0) {
		syscall(SYS_nanosleep, &long_time, NULL);
		_exit(0);
	}
	stop_and_continue(pid);
}
