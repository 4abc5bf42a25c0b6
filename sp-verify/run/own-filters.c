/* SPDX-License-Identifier: Apache-2.0 */
#include "run/own-filters.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "process/command.h"
#include "process/process.h"

enum {
	/* limit for the start of sp-record, which is slow on a busy machine */
	ATTACH_MS = 20000,
	READY_FD = 3,
	FOLLOWED_MAX = 2,
};

struct own_filters {
	pid_t pid;		/* pid of sp-record; 0: it does not run */
	FILE *stream;
	/* The recorded processes; their descendants are recorded, too. */
	pid_t followed[FOLLOWED_MAX];
	size_t n_followed;
	/* Whether a filter was loaded that the recording does not see. */
	bool missed;
};

struct own_filters *own_filters_new(void)
{
	return xcalloc(1, sizeof(struct own_filters));
}

/* Ends sp-record. `sig` 0: sends no signal. Returns whether it succeeded. */
static bool end(struct own_filters *h, int sig)
{
	int status = -1;

	if (h->pid && sig)
		kill(h->pid, sig);
	if (h->stream)
		fclose(h->stream);
	if (h->pid)
		waitpid(h->pid, &status, 0);
	h->stream = NULL;
	h->pid = 0;
	return !status;
}

void own_filters_free(struct own_filters *h)
{
	if (!h)
		return;
	end(h, SIGKILL);
	free(h);
}

/* Returns the path of sp-record, which the caller frees. NULL: not found. */
static char *find_recorder(void)
{
	char self[PATH_MAX], *path, *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		path = xasprintf("%.*s/sp-record", (int)(slash - self), self);
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return command_find("sp-record");
}

static char *join_pids(const pid_t *pids, size_t n)
{
	char *list = xstrdup("");

	for (size_t i = 0; i < n; i++) {
		char *longer = xasprintf("%s%s%d", list, i ? "," : "",
					 pids[i]);

		free(list);
		list = longer;
	}
	return list;
}

/*
 * Starts sp-record in a process group of its own, because the signals of the
 * terminal are for the command.
 */
static int spawn(pid_t *pid, const char *path, char **argv, int stream,
		 int ready)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, stream, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, ready, READY_FD);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETPGROUP);
	error = posix_spawn(pid, path, &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/*
 * Waits for the byte that sp-record writes when it has attached. If that fails,
 * sp-record closes the pipe without a byte.
 */
static bool wait_until_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, ATTACH_MS) > 0 && read(fd, &byte, 1) == 1;
}

static bool start(struct own_filters *h, const char *path, char **argv)
{
	int stream[2] = { -1, -1 }, ready[2] = { -1, -1 };
	bool fine = !pipe2(stream, O_CLOEXEC) && !pipe2(ready, O_CLOEXEC) &&
		!spawn(&h->pid, path, argv, stream[1], ready[1]);

	close(stream[1]);
	close(ready[1]);
	h->stream = fine ? fdopen(stream[0], "r") : NULL;
	if (h->stream)
		setvbuf(h->stream, NULL, _IONBF, 0);	/* as in trace_load() */
	else
		close(stream[0]);
	fine = h->stream && wait_until_ready(ready[0]);
	close(ready[0]);
	if (!fine)
		end(h, SIGKILL);
	return fine;
}

/*
 * Starts sp-record with -o, so that a signal while it writes cannot truncate
 * the stream.
 */
static bool start_recorder(struct own_filters *h)
{
	char *list = join_pids(h->followed, h->n_followed);
	char *path = find_recorder();
	char *argv[] = { "sp-record", "-q", "--no-argv", "--ready-fd=3",
			 "-o", "/dev/fd/1", "-p", list, NULL };
	bool fine = path && start(h, path, argv);

	free(path);
	free(list);
	return fine;
}

static bool is_followed(const struct own_filters *h, pid_t pid)
{
	for (; pid > 1; pid = process_status(pid, "PPid"))
		for (size_t i = 0; i < h->n_followed; i++)
			if (h->followed[i] == pid)
				return true;
	return false;
}

static void add(struct own_filters *h, pid_t pid)
{
	if (pid && !is_followed(h, pid))
		h->followed[h->n_followed++] = pid;
}

bool own_filters_follow(struct own_filters *h, pid_t leader, pid_t loader)
{
	bool first = !h->n_followed;

	if (!first) {
		/*
		 * A second recording would count calls again that the first one
		 * sees.
		 */
		h->missed |= !h->pid || !is_followed(h, loader);
		return false;
	}
	add(h, leader);
	add(h, loader);
	h->missed |= !start_recorder(h);
	return h->pid;
}

void own_filters_miss(struct own_filters *h)
{
	h->missed = true;
}

bool own_filters_finish(struct own_filters *h, struct trace *t)
{
	char *problem = NULL;
	bool whole;

	if (!h->pid)
		return false;
	kill(h->pid, SIGTERM);
	whole = trace_read(t, h->stream, 0, &problem);
	/*
	 * After a complete stream, the recorder exits by itself. Otherwise it
	 * is killed.
	 */
	whole &= end(h, whole ? 0 : SIGKILL);
	free(problem);
	h->missed |= !whole;
	return whole;
}

bool own_filters_is_whole(const struct own_filters *h)
{
	return !h->missed;
}
