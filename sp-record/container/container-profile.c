/* SPDX-License-Identifier: Apache-2.0 */
#include "container-profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/output.h"

/*
 * Returns the path of a tool in the directory of this program; the caller frees
 * it.
 */
static char *beside(const char *tool)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	return xasprintf("%.*s/%s", slash ? (int)(slash - self) : 0, self,
			 tool);
}

/* Opens the file again, because the descriptor of an output cannot be read. */
static int reopen(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Runs sp-emit, whose messages go to `messages`. */
static int run_emit(int in, int base, int out, int messages)
{
	char *path = beside("sp-emit"), *option;
	int status = -1;
	pid_t child = fork();

	if (!child) {
		option = xasprintf("--base=/proc/self/fd/%d", base);
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(messages, STDERR_FILENO);
		if (base >= 0)
			fcntl(base, F_SETFD, 0);
		execl(path, "sp-emit", "--oci", base < 0 ? NULL : option,
		      (char *)NULL);
		_exit(127);
	}
	free(path);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/*
 * Returns the last line that sp-emit printed, which is its error. The caller
 * frees it.
 */
static char *last_message(int messages)
{
	char text[4096], *line;
	ssize_t n = pread(messages, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	line = strrchr(text, '\n');
	return xstrdup(line ? line + 1 : *text ? text :
		       "sp-emit cannot be run");
}

static char *emit(int stream, int base, int out)
{
	int in = reopen(stream), messages = memfd_create("messages",
							 MFD_CLOEXEC);
	char *problem = NULL;

	if (in < 0 || messages < 0)
		problem = xasprintf("cannot start sp-emit: %s",
				    strerror(errno));
	else if (run_emit(in, base, out, messages))
		problem = last_message(messages);
	if (in >= 0)
		close(in);
	if (messages >= 0)
		close(messages);
	return problem;
}

char *container_profile(int stream, int base, const struct place *place,
			char **name)
{
	struct output *out;
	char *problem;

	if (!output_open_new(&out, place->directory, place->name))
		return xasprintf("no file can be made in %s", place->shown);
	problem = emit(stream, base, output_fd(out));
	if (problem) {
		output_abandon(out);
		return problem;
	}
	*name = output_commit_new(out);
	return *name ? NULL : xasprintf("%s/%s cannot be written",
					place->shown, place->name);
}
