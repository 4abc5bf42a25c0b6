/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts children in every possible way, and children of these. The first call
 * of each child identifies it.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>

#include "witness.h"

enum { ROUNDS = 200 };

static void end_child(void)
{
	syscall(SYS_exit_group, 0);
}

/* arm64 has no fork(2), so clone(2) is used. */
static long make_fork(void)
{
#ifdef SYS_fork
	return syscall(SYS_fork);
#else
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

static void by_fork(void)
{
	if (make_fork())
		return;
	MARK(getpgid);
	if (!make_fork())
		MARK(sched_rr_get_interval);
	else
		wait(NULL);
	end_child();
}

/* The child uses its parent's stack, so it makes its calls in this function. */
static void by_vfork(void)
{
	if (vfork() == 0) {
		MARK(getsid);
		_exit(0);
	}
}

static void by_clone(void)
{
	if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))
		return;
	MARK(sched_get_priority_max);
	end_child();
}

static void by_clone3(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	if (syscall(SYS_clone3, &args, sizeof(args)))
		return;
	MARK(sched_get_priority_min);
	end_child();
}

int main(void)
{
	static void (*const ways[])(void) = {
		by_fork, by_vfork, by_clone, by_clone3,
	};

	TRUTH(getpgid, ROUNDS);
	TRUTH(sched_rr_get_interval, ROUNDS);
	TRUTH(getsid, ROUNDS);
	TRUTH(sched_get_priority_max, ROUNDS);
	TRUTH(sched_get_priority_min, ROUNDS);
	for (int i = 0; i < 4 * ROUNDS; i++) {
		ways[i % 4]();
		wait(NULL);
	}
}
