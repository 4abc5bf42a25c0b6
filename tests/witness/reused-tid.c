/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: reused-tid PROGRAM [ARGUMENT…] — after a filter has killed a thread, a
 * child gets the thread's id and executes PROGRAM. Exits with 77 if the kernel
 * refuses to choose the id.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t tid;

static void *killed(void *unused)
{
	tid = syscall(SYS_gettid);
	syscall(SYS_getsid, 0);
	return unused;
}

static int load(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t id, child;
	struct clone_args args = { .exit_signal = SIGCHLD, .set_tid_size = 1 };

	if (argc < 2 || load() || pthread_create(&thread, NULL, killed, NULL))
		return 1;
	while (!tid || !syscall(SYS_tgkill, getpid(), tid, 0))
		usleep(1000);
	id = tid;
	args.set_tid = (uintptr_t)&id;
	child = syscall(SYS_clone3, &args, sizeof(args));
	if (child < 0)
		return 77;
	if (!child) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(child, NULL, 0);
	return 0;
}
