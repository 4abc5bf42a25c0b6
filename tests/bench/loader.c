/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a libbpf tool does: load, attach, run a command, end. */
#include <bpf/libbpf.h>
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader.skel.h"

int main(int argc, char **argv)
{
	struct loader *skel = loader__open_and_load();
	pid_t pid;

	if (argc < 2 || !skel || loader__attach(skel))
		errx(1, "cannot load");
	pid = fork();
	if (!pid) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	loader__destroy(skel);
	return 0;
}
