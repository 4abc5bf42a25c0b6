/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "message.h"

struct output {
	FILE *file;
	char *name;
	char *temporary;	/* renamed to name at the end; NULL: in place */
};

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* mkstemp's 0600, widened to what open(2) would have given. */
static void apply_umask(int fd, const char *path)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask);
}

/* A link is written through, so that it goes on being a link. */
static int open_beside(struct output *out, const char *path)
{
	char *target = realpath(path, NULL);
	int fd;

	if (target) {
		free(out->name);
		out->name = target;
	}
	out->temporary = xasprintf("%s.XXXXXX", out->name);
	fd = mkostemp(out->temporary, O_CLOEXEC);
	if (fd >= 0)
		apply_umask(fd, out->name);
	return fd;
}

static int open_target(struct output *out, const char *path, unsigned int flags)
{
	if (!path)
		return flags & OUTPUT_PRIVATE ?
			fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) :
			STDOUT_FILENO;
	if (is_special(path))
		return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return open_beside(out, path);
}

bool output_open(struct output **result, const char *path, unsigned int flags)
{
	struct output *out = xcalloc(1, sizeof(*out));
	int fd;

	if (path && !strcmp(path, "-"))
		path = NULL;
	out->name = xstrdup(path ? path : "<stdout>");
	fd = open_target(out, path, flags);
	if (fd < 0) {
		message_error("%s: %s", out->name, strerror(errno));
		free(out->temporary);
		out->temporary = NULL;
		output_abandon(out);
		return false;
	}
	if (fd == STDOUT_FILENO)
		out->file = stdout;
	else
		out->file = fdopen(fd, "w");
	if (!out->file)
		message_fatal("%s: %s", out->name, strerror(errno));
	if (flags & OUTPUT_BINARY && isatty(fd)) {
		message_error("%s: a stream is not written to a terminal: "
			      "redirect it or name a file with -o", out->name);
		output_abandon(out);
		return false;
	}
	*result = out;
	return true;
}

FILE *output_file(struct output *out)
{
	return out->file;
}

const char *output_name(const struct output *out)
{
	return out->name;
}

static bool close_checked(struct output *out)
{
	bool failed = ferror(out->file);
	FILE *file = out->file;

	failed |= fflush(file) != 0;
	if (file != stdout) {
		out->file = NULL;
		failed |= fclose(file) != 0;
	} else if (failed) {	/* said once: message_finish() looks at it too */
		__fpurge(file);
		clearerr(file);
	}
	return !failed;
}

bool output_commit(struct output *out)
{
	errno = EIO;	/* for a stream whose error is older than errno */
	if (!close_checked(out) ||
	    (out->temporary && rename(out->temporary, out->name))) {
		message_error("%s: %s", out->name, strerror(errno));
		output_abandon(out);
		return false;
	}
	free(out->temporary);
	out->temporary = NULL;
	output_abandon(out);
	return true;
}

void output_abandon(struct output *out)
{
	if (!out)
		return;
	if (out->file && out->file != stdout)
		fclose(out->file);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->name);
	free(out);
}
