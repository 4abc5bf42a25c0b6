/* SPDX-License-Identifier: Apache-2.0 */
#include "remains.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define INITIAL_PID_NAMESPACE 0xEFFFFFFCU

struct remains {
	const int *fds;
	size_t n;
	pid_t parent;
};

static void close_others(const struct remains *r)
{
	unsigned int from = 0;

	for (size_t i = 0; i < r->n; i++) {
		if ((unsigned int)r->fds[i] > from)
			syscall(SYS_close_range, from, r->fds[i] - 1, 0);
		from = r->fds[i] + 1;
	}
	syscall(SYS_close_range, from, UINT_MAX, 0);
}

/*
 * Runs in the child, which shares our memory and the variables of our thread.
 * So it uses no function of the C library but syscall(2), whose address the
 * dynamic linker has already found. It closes our pipes, so that no reader
 * waits for it. It leaves the working directory, so that the caller may unmount
 * the file system.
 */
static int wait_for_parent(void *remains)
{
	const struct remains *r = remains;

	syscall(SYS_chdir, "/");
	close_others(r);
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (syscall(SYS_getppid) == r->parent)
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
	return 0;
}

/*
 * Whether the child will be reaped. The first process of the system does that.
 * The first process of a container often does not, and each recording would
 * leave a zombie.
 */
static bool is_reaped(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) &&
		st.st_ino == INITIAL_PID_NAMESPACE;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

bool remains_leave(int *fds, size_t n)
{
	static _Alignas(16) char stack[16384];
	static struct remains r;
	sigset_t all, before;
	int pid;

	if (!is_reaped())
		return false;
	qsort(fds, n, sizeof(*fds), compare);
	r = (struct remains){ fds, n, getpid() };
	syscall(SYS_getppid);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = clone(wait_for_parent, stack + sizeof(stack), CLONE_VM, &r);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid > 0;
}
