/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: own-listener [FLAGS] — loads a filter that allows all calls; with
 * FLAGS 8, the filter has a listener
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K,
					    SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       argc > 1 ? atoi(argv[1]) : 0, &prog) < 0;
}
