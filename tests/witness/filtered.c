/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: filtered HOW, or filtered exec COMMAND…
 *
 * Makes calls that the program's own seccomp filter answers, or runs another
 * program under the filter. Prints denials as "ARCH NAME ANSWER COUNT", like
 * `facts` in helper.bash.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "witness.h"

/*
 * Loads a filter that answers the call `nr` with `action`, and allows other
 * calls.
 */
static long load_for(unsigned int nr, unsigned int action, unsigned int flags)
{
	long fd;

	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),	/* nr */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err(CANNOT, "prctl");
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
	if (fd < 0)
		err(CANNOT, "seccomp");
	return fd;
}

static long load(unsigned int action, unsigned int flags)
{
	return load_for(SYS_getpgid, action, flags);
}

static void denial(const char *answer, long count)
{
	printf(ARCH " getpgid %s %ld\n", answer, count);
	fflush(stdout);
}

/* Makes denied calls just after loading the filter, and one in a child. */
static void deny(void)
{
	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	for (int i = 0; i < 3; i++)
		MARK(getpgid);
	if (fork() == 0) {
		MARK(getpgid);
		MARK(getsid);
		_exit(0);
	}
	wait(NULL);
	denial("EXDEV", 4);
	TRUTH(getsid, 1);
}

/*
 * Loads its filter and runs for a second. The test stops the recorder for half
 * of that time. Prints nothing.
 */
static void deny_early(void)
{
	struct timespec now, end;

	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	MARK(getpgid);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec++;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < end.tv_sec || now.tv_nsec < end.tv_nsec);
	_exit(0);
}

static volatile int go;

static void *other_thread(void *arg)
{
	while (!go)
		;
	MARK(getpgid);
	MARK(getsid);
	return arg;
}

/* Loads a filter for a thread that is already running. */
static void sync_threads(void)
{
	pthread_t t;

	pthread_create(&t, NULL, other_thread, NULL);
	usleep(20000);
	load(SECCOMP_RET_ERRNO | EXDEV, SECCOMP_FILTER_FLAG_TSYNC);
	go = 1;
	pthread_join(t, NULL);
	denial("EXDEV", 1);
	TRUTH(getsid, 1);
}

static void on_sigsys(int signal)
{
	(void)signal;
}

/* A handler of the program receives SIGSYS for each call. */
static void trap(void)
{
	signal(SIGSYS, on_sigsys);
	load(SECCOMP_RET_TRAP, 0);
	for (int i = 0; i < 5; i++)
		MARK(getpgid);
	truth(ARCH, "getpgid", 5, " skipped");
	TRUTH(rt_sigreturn, 5);
}

static void call_what_is_denied(int signal)
{
	(void)signal;
	MARK(getsid);
}

/* The handler itself makes a call, which another filter denies. */
static void trap_and_deny(void)
{
	signal(SIGSYS, call_what_is_denied);
	load_for(SYS_getsid, SECCOMP_RET_ERRNO | EXDEV, 0);
	load(SECCOMP_RET_TRAP, 0);
	for (int i = 0; i < 3; i++)
		MARK(getpgid);
	truth(ARCH, "getpgid", 3, " skipped");
	printf(ARCH " getsid EXDEV 3\n");
	TRUTH(rt_sigreturn, 3);
}

static volatile int *inside;

static void spin(int signal)
{
	(void)signal;
	for (*inside = 1; *inside; )
		;
}

/*
 * The leader ends while its child is still in the handler, which makes no call.
 */
static void trap_and_spin(void)
{
	inside = mmap(NULL, sizeof(*inside), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fork() == 0) {
		alarm(3);
		signal(SIGSYS, spin);
		load(SECCOMP_RET_TRAP, 0);
		MARK(getpgid);
		_exit(0);
	}
	while (!*inside)
		usleep(1000);
	truth(ARCH, "getpgid", 1, " skipped");
}

/* Prevents core files. */
static void no_core(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
}

static void kill_process(unsigned int action)
{
	pthread_t t;

	no_core();
	if (fork() == 0) {
		load(action, 0);
		pthread_create(&t, NULL, other_thread, NULL);
		MARK(getpgid);
		_exit(0);
	}
	wait(NULL);
	denial("SIGSYS", 1);
}

static void *dying_thread(void *arg)
{
	MARK(getpgid);
	return arg;
}

/* The filter kills only the thread, and the process continues. */
static void kill_thread(void)
{
	pthread_t t;

	no_core();
	load(SECCOMP_RET_KILL_THREAD, 0);
	pthread_create(&t, NULL, dying_thread, NULL);
	pthread_join(t, NULL);
	MARK(getsid);
	denial("SIGSYS", 1);
	TRUTH(getsid, 1);
	/* exit(3) could wait for locks of the killed thread */
	_exit(0);
}

static void execute(char **argv)
{
	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	execvp(argv[0], argv);
	err(1, "%s", argv[0]);
}

/* Another process kills a child in strict mode, so no call was denied. */
static void be_killed_in_strict_mode(void)
{
	int ready[2];
	char byte = 0;
	pid_t child;

	if (pipe(ready))
		err(CANNOT, "pipe");
	child = fork();
	if (child == 0) {
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
			_exit(CANNOT);
		for (;;)
			(void)!write(ready[1], &byte, 1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(CANNOT, "no strict mode");
	kill(child, SIGKILL);
	wait(NULL);
}

/*
 * Strict mode, which is older than filters, allows four calls and kills at
 * others.
 */
static void die_strictly(void)
{
	if (fork() == 0) {
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
			_exit(CANNOT);
		MARK(getpgid);
		_exit(0);
	}
	wait(NULL);
	denial("SIGKILL", 1);
	be_killed_in_strict_mode();
}

static volatile long listener = -1;

/* Answers the first call, fails the second, and lets the third continue. */
static void *supervisor(void *arg)
{
	for (int i = 0; i < 3; i++) {
		struct seccomp_notif call = { 0 };
		struct seccomp_notif_resp answer = { 0 };

		while (listener < 0)
			;
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
			err(1, "SECCOMP_IOCTL_NOTIF_RECV");
		answer.id = call.id;
		if (i == 0)
			answer.val = 42;
		else if (i == 1)
			answer.error = -EXDEV;
		else
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer))
			err(1, "SECCOMP_IOCTL_NOTIF_SEND");
	}
	return arg;
}

static void notify(void)
{
	pthread_t t;

	pthread_create(&t, NULL, supervisor, NULL);
	usleep(20000);
	listener = load(SECCOMP_RET_USER_NOTIF,
			SECCOMP_FILTER_FLAG_NEW_LISTENER);
	for (int i = 0; i < 3; i++)
		MARK(getpgid);
	pthread_join(t, NULL);
	/* the first and the third call */
	truth(ARCH, "getpgid", 2, " skipped");
	denial("EXDEV", 1);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (!strcmp(how, "errno"))
		deny();
	else if (!strcmp(how, "early"))
		deny_early();
	else if (!strcmp(how, "tsync"))
		sync_threads();
	else if (!strcmp(how, "trap"))
		trap();
	else if (!strcmp(how, "trap-deny"))
		trap_and_deny();
	else if (!strcmp(how, "trap-spin"))
		trap_and_spin();
	else if (!strcmp(how, "trap-death"))
		kill_process(SECCOMP_RET_TRAP);
	else if (!strcmp(how, "kill-process"))
		kill_process(SECCOMP_RET_KILL_PROCESS);
	else if (!strcmp(how, "kill-thread"))
		kill_thread();
	else if (!strcmp(how, "exec") && argc > 2)
		execute(argv + 2);
	else if (!strcmp(how, "strict"))
		die_strictly();
	else if (!strcmp(how, "notify"))
		notify();
	else
		errx(2, "usage: filtered HOW");
	return 0;
}
