/* SPDX-License-Identifier: Apache-2.0 */
#include "process/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

enum { OUTPUT_MAX = 16 << 20, STEP = 4096 };

/* Signals that we hold are not held in the command. */
static bool spawn(char *const argv[], int out, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	extern char **environ;
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	error = posix_spawnp(child, argv[0], &actions, &attributes, argv,
			     environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return !error;
}

static char *read_all(int fd)
{
	size_t size = 0;
	char *text = xcalloc(1, 1);
	ssize_t n;

	do {
		text = xrealloc(text, size + STEP + 1, 1);
		n = read(fd, text + size, STEP);
		if (n > 0)
			size += n;
	} while ((n > 0 && size < OUTPUT_MAX) || (n < 0 && errno == EINTR));
	text[size] = '\0';
	if (!n)
		return text;
	free(text);
	return NULL;
}

char *capture_output(char *const argv[])
{
	char *text = NULL;
	int fds[2], status = -1;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	if (spawn(argv, fds[1], &child)) {
		close(fds[1]);
		fds[1] = -1;
		text = read_all(fds[0]);
		close(fds[0]);
		fds[0] = -1;
		waitpid(child, &status, 0);
	}
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (!status)
		return text;
	free(text);
	return NULL;
}
