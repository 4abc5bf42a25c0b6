/* SPDX-License-Identifier: Apache-2.0 */
#include "process/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

enum { OUTPUT_MAX = 16 << 20, STEP = 4096 };

/* Signals that this process blocks must not be blocked in the command. */
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

/*
 * Waits until `fd` can be read, at most until `end_ns` (0: forever). Returns
 * whether it can.
 */
static bool wait_until(int fd, uint64_t end_ns)
{
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	int result;

	do {
		uint64_t now = now_ns();
		int ms = !end_ns ? -1 : now >= end_ns ? 0 :
			(int)((end_ns - now) / 1000000 + 1);

		result = poll(&poll_fd, 1, ms);
	} while (result < 0 && errno == EINTR);
	return result > 0;
}

/* Returns NULL on failure. After the deadline, errno is ETIMEDOUT. */
static char *read_all(int fd, uint64_t end_ns)
{
	size_t size = 0;
	char *text = xcalloc(1, 1);
	ssize_t n;

	do {
		if (!wait_until(fd, end_ns)) {
			free(text);
			errno = ETIMEDOUT;
			return NULL;
		}
		text = xrealloc(text, size + STEP + 1, 1);
		n = read(fd, text + size, STEP);
		if (n > 0)
			size += n;
	} while ((n > 0 && size < OUTPUT_MAX) || (n < 0 && errno == EINTR));
	text[size] = '\0';
	if (!n)
		return text;
	free(text);
	errno = EIO;
	return NULL;
}

char *capture_output(char *const argv[])
{
	return capture_output_within(argv, 0);
}

char *capture_output_within(char *const argv[], unsigned int ms)
{
	uint64_t end_ns = ms ? now_ns() + ms * 1000000ULL : 0;
	char *text = NULL;
	int fds[2], status = -1, error = EIO;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	if (spawn(argv, fds[1], &child)) {
		close(fds[1]);
		fds[1] = -1;
		text = read_all(fds[0], end_ns);
		error = errno;
		close(fds[0]);
		fds[0] = -1;
		if (!text && error == ETIMEDOUT)
			kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (!status)
		return text;
	free(text);
	errno = error;
	return NULL;
}
