/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sock_filter code[4096];

/*
 * Loads the filter. Makes no call afterwards, because the filter may deny any
 * call.
 */
static void load(FILE *f, volatile char *answer)
{
	struct sock_fprog p = { fread(code, 8, 4096, f), code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	*answer = prctl(PR_SET_SECCOMP, 2, &p) ? '0' : '1';
	for (;;)
		;
}

/*
 * Prints "1" for each file that the kernel accepts as a filter, and otherwise
 * "0".
 */
int main(int argc, char **argv)
{
	volatile char *answer = mmap(NULL, 1, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		pid_t pid = fork();

		if (!pid)
			load(f, answer);
		while (!*answer)
			usleep(100);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		putchar(*answer);
		*answer = 0;
		fclose(f);
	}
	return 0;
}
