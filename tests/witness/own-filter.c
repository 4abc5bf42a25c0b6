/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
	(void)sig;
}

/*
 * usage: own [COMMAND] ANSWER — loads a filter that gives ANSWER to getpgid and
 * socket
 */
int main(int argc, char **argv)
{
	unsigned int answer = strtoul(argv[argc - 1], NULL, 0);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 5, code };

	signal(SIGSYS, handler);
	syscall(SYS_getpgid, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
	for (int i = 0; i < 5; i++)
		syscall(SYS_getpgid, 0);
	syscall(SYS_getsid, 0);
	if (!fork()) {
		syscall(SYS_getpgid, 0);
		syscall(SYS_socket, 1, 1, 0);
		_exit(0);
	}
	wait(NULL);
	return argc > 2 ? system(argv[1]) : 0;
}
