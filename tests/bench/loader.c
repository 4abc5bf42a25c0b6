/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: loader start|floor|floor2 COMMAND… — does the minimum that a libbpf
 * tool must do: loads and attaches programs, runs a command, and ends. floor
 * attaches an empty program to the entry of every system call; floor2 also
 * attaches one to the exit.
 */
#include <bpf/libbpf.h>
#include <err.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader.skel.h"

int main(int argc, char **argv)
{
	struct loader *skel = loader__open();
	bool is_floor2 = argc > 1 && !strcmp(argv[1], "floor2");
	bool is_floor = is_floor2 || (argc > 1 && !strcmp(argv[1], "floor"));
	pid_t pid;

	if (argc < 3 || !skel)
		errx(1, "usage: loader start|floor|floor2 COMMAND...");
	bpf_program__set_autoload(skel->progs.exec, !is_floor);
	bpf_program__set_autoload(skel->progs.floor_enter, is_floor);
	bpf_program__set_autoload(skel->progs.floor_exit, is_floor2);
	if (loader__load(skel) || loader__attach(skel))
		errx(1, "cannot load");
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	loader__destroy(skel);
	return 0;
}
