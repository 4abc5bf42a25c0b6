/* SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "process/process.h"

/* Explains EPERM, for which ptrace(2) has several reasons. */
static void print_refusal(pid_t pid, int error)
{
	long tracer = process_status(pid, "TracerPid");

	if (error != ESRCH && !process_lives(pid))
		message_error("process %d: has ended", pid);
	else if (error == EPERM && tracer > 0)
		message_error("process %d: is traced by process %ld", pid,
			      tracer);
	else if (error == EPERM && pid == 1)
		message_error("process 1 cannot be traced by anybody");
	else if (error == EPERM && pid == getpid())
		message_error("process %d is sp-verify itself", pid);
	else if (error == EPERM && tracer == 0 &&
		 process_status(pid, "VmSize") < 0)
		message_error("process %d is a thread of the kernel", pid);
	else
		message_error("process %d: cannot be traced: %s%s", pid,
			      strerror(error), error != EPERM ? "" :
			      " (this needs CAP_SYS_PTRACE)");
}

static bool wait_for(pid_t pid, int *status)
{
	pid_t waited;

	do
		waited = waitpid(pid, status, __WALL);
	while (waited < 0 && errno == EINTR);
	return waited >= 0;
}

/*
 * Stops the task. `sig` becomes the signal that the task gets when it
 * continues. 0: none.
 */
static bool seize(pid_t pid, int *sig)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL)) {
		print_refusal(pid, errno);
		return false;
	}
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) ||
	    !wait_for(pid, &status)) {
		print_refusal(pid, errno);
		return false;
	}
	if (!WIFSTOPPED(status)) {
		message_error("process %d: has ended", pid);
		return false;
	}
	*sig = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
	return true;
}

/*
 * Explains why the filters cannot be read, by ptrace(2) and kernel/seccomp.c.
 */
static void print_failure(pid_t pid, int error)
{
	const char *why = strerror(error);
	bool is_filtered = process_status(pid, "Seccomp") == 2;

	if ((error == EINVAL || error == ENOENT) && !is_filtered)
		why = "has no seccomp filter";
	else if (error == EACCES && prctl(PR_GET_SECCOMP) > 0)
		why = "its filters cannot be read by sp-verify, which is under "
			"a filter itself";
	else if (error == EACCES)
		why = "its filters cannot be read: this needs CAP_SYS_ADMIN";
	else if (error == EIO || (error == EINVAL && is_filtered))
		why = "its filters cannot be read: the kernel is built "
			"without CONFIG_CHECKPOINT_RESTORE";
	else if (error == EMEDIUMTYPE)
		why = "has a filter that is not classic BPF";
	message_error("process %d: %s", pid, why);
}

/*
 * Reads filter `i`, counted from the one that was loaded first. Returns NULL
 * with errno on failure.
 */
static struct filter *read_one(pid_t pid, uintptr_t i)
{
	long n = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)i, NULL);
	struct filter *f;

	if (n < 0)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->n = n;
	f->code = xcalloc(n, sizeof(*f->code));
	if (ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)i, f->code) == n)
		return f;
	filter_free(f);
	return NULL;
}

/*
 * Makes the kernel begin an interrupted sleep again if the filter denies
 * restart_syscall(2). Stopping the task may have interrupted a sleep, which
 * then continues with that call. The filter might deny it, and even kill the
 * task. `filter` is NULL if it is unknown.
 */
static void mend_sleep(pid_t pid, const struct filter *filter)
{
#ifdef __x86_64__
	enum { ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };
	enum { CODE_32 = 0x23 };	/* __USER32_CS, asm/segment.h */
	struct seccomp_data data = { .arch = 0 };
	struct user_regs_struct regs;
	struct call_id id;
	const char *arch;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) ||
	    (int)regs.rax != -ERESTART_RESTARTBLOCK)
		return;
	arch = regs.cs == CODE_32 ? "x86" :
		arch_of_call((struct call_id){ AUDIT_ARCH_X86_64,
					       regs.orig_rax })->name;
	if (syscall_number(arch_by_name(arch), "restart_syscall", &id))
		return;
	data.arch = id.arch;
	data.nr = id.nr;
	if (filter && action_allows(filter_run(filter, &data)))
		return;
	regs.rax = -(long)ERESTARTNOHAND;
	ptrace(PTRACE_SETREGS, pid, NULL, &regs);
#else
	(void)pid;
	(void)filter;
#endif
}

struct filter *task_filter(pid_t pid)
{
	struct filter *all = NULL, *one;
	int sig, error;

	if (!seize(pid, &sig))
		return NULL;
	for (uintptr_t i = 0; (one = read_one(pid, i)); i++)
		all = filter_join(all, one);
	error = errno;
	if (all || (error != EINVAL && error != ENOENT))
		mend_sleep(pid, all);
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(intptr_t)sig);
	if (all && error == ENOENT)	/* all filters were read */
		return all;
	print_failure(pid, error);
	filter_free(all);
	return NULL;
}
