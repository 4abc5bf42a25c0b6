/* SPDX-License-Identifier: Apache-2.0 */
/* Forks groups of children that are killed in their first call. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUP = 24 };

int main(int argc, char **argv)
{
	for (int n = argc > 1 ? atoi(argv[1]) : 10; n; n--) {
		pid_t group = 0;

		for (int i = 0; i < GROUP; i++) {
			pid_t pid = fork();

			if (!pid)
				for (;;)
					getppid();
			group = group ? group : pid;
			setpgid(pid, group);
		}
		kill(-group, SIGKILL);
		while (wait(NULL) > 0)
			;
	}
	return 0;
}
