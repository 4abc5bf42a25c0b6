/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: loader FILTER COMMAND [ARGUMENT...]
 * Runs a command under a raw seccomp filter, an array of struct sock_filter.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static struct sock_filter code[4096];
	struct sock_fprog program = { .filter = code };
	FILE *file;

	if (argc < 3)
		errx(2, "usage: loader FILTER COMMAND [ARGUMENT...]");
	file = fopen(argv[1], "re");
	if (!file)
		err(2, "%s", argv[1]);
	program.len = fread(code, sizeof(code[0]), 4096, file);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		err(2, "%s", argv[1]);
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
