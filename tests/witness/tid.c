/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: tid TID TIMES — starts TIMES children one after the other, all with
 * the id TID
 */
#include <linux/sched.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>

#include "witness.h"

static void child_as(pid_t tid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&tid,
		.set_tid_size = 1,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		exit(errno == EPERM || errno == EEXIST ? CANNOT : 1);
	if (pid == 0) {
		MARK(getpgid);
		syscall(SYS_exit_group, 0);
	}
	wait(NULL);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: tid TID TIMES");
	TRUTH(getpgid, atol(argv[2]));
	for (long i = atol(argv[2]); i > 0; i--)
		child_as(atoi(argv[1]));
}
