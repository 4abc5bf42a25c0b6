/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"

enum {
	TRIES = 100,		/* attempts to find a free name */
	/* the last number that output_commit_new() tries */
	NUMBERS = 10000,
};

struct output {
	/* writes to `fd`, and keeps the reason for a failure */
	FILE *file;
	int fd;
	int error;		/* errno of the first write that failed, or 0 */
	char *name;		/* to print */
	/* directory of the file to replace; -1: written in place */
	int directory;
	char *base;		/* name of that file in the directory */
	/* the temporary name, until the commit; NULL: none */
	char *temporary;
};

/* Returns a name for an open file: "/proc/self/fd/N". */
struct fd_path {
	char text[32];
};

static struct fd_path fd_path(int fd)
{
	struct fd_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/*
 * Fails if a regular file has replaced the device or FIFO: it must not be
 * overwritten.
 */
static int open_special(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		close(fd);
		errno = EEXIST;
		return -1;
	}
	return fd;
}

/*
 * Returns the target of a symbolic link. The kernel resolves it, not
 * realpath(3), so that fs.protected_symlinks (proc(5)) applies. Returns NULL
 * with ENOENT if the target does not exist.
 */
static char *follow_link(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	char target[PATH_MAX];
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = readlink(fd_path(fd).text, target, sizeof(target) - 1);
	close(fd);
	if (n < 0)
		return NULL;
	target[n] = '\0';
	return xstrdup(target);
}

/* Replaces the link's target, so that the link stays a link. */
static char *target_of(const char *path)
{
	struct stat st;
	char *target;

	if (lstat(path, &st) || !S_ISLNK(st.st_mode))
		return xstrdup(path);
	target = follow_link(path);
	return target || errno != ENOENT ? target : xstrdup(path);
}

/* The directory is held open, so that nobody can replace it. */
static bool enter_directory(struct output *out, const char *path)
{
	char *target = target_of(path), *slash;

	if (!target)
		return false;
	slash = strrchr(target, '/');
	/* this is the kernel's error for an empty name */
	errno = ENOENT;
	out->base = xstrdup(slash ? slash + 1 : target);
	if (slash)
		slash[1] = '\0';
	out->directory = open(slash ? target : ".",
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(target);
	return out->directory >= 0 && *out->base;
}

static char *random_name(const char *base)
{
	uint32_t number = 0;

	if (getrandom(&number, sizeof(number), 0) < 0)
		number = getpid();
	return xasprintf("%s.%08x", base, number);
}

static int open_named(struct output *out, mode_t mode)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < TRIES; i++) {
		free(out->temporary);
		out->temporary = random_name(out->base);
		fd = openat(out->directory, out->temporary,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		free(out->temporary);
		out->temporary = NULL;
	}
	return fd;
}

/* A file without a name leaves nothing behind, however the tool ends. */
static int open_unnamed(const struct output *out, mode_t mode)
{
	int fd = openat(out->directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC,
			mode);

	/*
	 * linkat(2) needs /proc to give the file a name: checks that it is
	 * mounted.
	 */
	if (fd >= 0 && access(fd_path(fd).text, F_OK)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The new file has the permissions of the file that it replaces, or the default
 * ones.
 */
static int open_beside(struct output *out, const char *path)
{
	struct stat st;
	bool replaces;
	mode_t mode;
	int fd;

	if (!enter_directory(out, path))
		return -1;
	replaces = fstatat(out->directory, out->base, &st,
			   AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
	mode = replaces ? 0600 : 0666;
	fd = open_unnamed(out, mode);
	if (fd < 0)	/* not every file system has O_TMPFILE: open(2) */
		fd = open_named(out, mode);
	if (fd >= 0 && replaces)
		fchmod(fd, st.st_mode & 0777);
	return fd;
}

/*
 * Also refuses a descriptor that message_init() opened in place of a closed
 * one.
 */
static bool is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return false;
	errno = EBADF;
	return !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY;
}

static int open_stdout(unsigned int flags)
{
	if (!is_writable(STDOUT_FILENO))
		return -1;
	return flags & OUTPUT_PRIVATE ?
		fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : STDOUT_FILENO;
}

static int open_target(struct output *out, const char *path, unsigned int flags)
{
	if (!path)
		return open_stdout(flags);
	if (is_special(path))
		return open_special(path);
	return open_beside(out, path);
}

/*
 * stdio(3) remembers that a write failed, but not why. By the time of the
 * commit, other calls have changed errno.
 */
static ssize_t put(void *output, const char *data, size_t n)
{
	struct output *out = output;
	size_t done = 0;

	while (done < n) {
		ssize_t more = write(out->fd, data + done, n - done);

		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0) {
			if (!out->error)
				out->error = errno;
			return 0;
		}
		done += more;
	}
	return n;
}

static void open_stream(struct output *out)
{
	static const cookie_io_functions_t functions = { .write = put };

	out->file = fopencookie(out, "w", functions);
	if (!out->file)
		message_fatal("%s: %s", out->name, strerror(errno));
	if (isatty(out->fd))
		setvbuf(out->file, NULL, _IOLBF, 0);
}

bool output_open_new(struct output **result, int directory, const char *name)
{
	struct output *out = xcalloc(1, sizeof(*out));

	out->name = xstrdup(name);
	out->base = xstrdup(name);
	out->directory = fcntl(directory, F_DUPFD_CLOEXEC, 3);
	out->fd = open_unnamed(out, 0600);
	if (out->fd < 0)	/* not every file system has O_TMPFILE: open(2) */
		out->fd = open_named(out, 0600);
	if (out->fd < 0) {
		message_error("%s: %s", out->name, strerror(errno));
		output_abandon(out);
		return false;
	}
	open_stream(out);
	*result = out;
	return true;
}

bool output_open(struct output **result, const char *path, unsigned int flags)
{
	struct output *out = xcalloc(1, sizeof(*out));

	if (path && !strcmp(path, "-"))
		path = NULL;
	out->name = xstrdup(path ? path : "<stdout>");
	out->directory = -1;
	out->fd = open_target(out, path, flags);
	if (out->fd < 0) {
		message_error("%s: %s", out->name, strerror(errno));
		output_abandon(out);
		return false;
	}
	open_stream(out);
	if (flags & OUTPUT_BINARY && isatty(out->fd)) {
		message_error("%s: binary data is not written to a terminal: "
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

int output_fd(const struct output *out)
{
	return out->fd;
}

int output_directory(const struct output *out)
{
	return out->directory;
}

static bool give_name(struct output *out, const char *name)
{
	return linkat(AT_FDCWD, fd_path(out->fd).text, out->directory,
		      name, AT_SYMLINK_FOLLOW) == 0;
}

/*
 * linkat(2) does not replace files: link to a temporary name, which rename(2)
 * then gives the right name.
 */
static bool name_beside(struct output *out)
{
	for (int i = 0; i < TRIES; i++) {
		free(out->temporary);
		out->temporary = random_name(out->base);
		if (give_name(out, out->temporary))
			return true;
		if (errno != EEXIST)
			break;
	}
	free(out->temporary);
	out->temporary = NULL;
	return false;
}

static bool flush_checked(struct output *out)
{
	bool failed = ferror(out->file);

	failed |= fflush(out->file) != 0;
	if (failed)
		errno = out->error;
	return !failed;
}

static void close_stream(struct output *out)
{
	if (!out->file)
		return;
	__fpurge(out->file);
	fclose(out->file);
	out->file = NULL;
}

static bool close_checked(struct output *out)
{
	int fd = out->fd;

	close_stream(out);
	out->fd = -1;
	return fd == STDOUT_FILENO || close(fd) == 0;
}

static bool replace(struct output *out)
{
	if (renameat(out->directory, out->temporary, out->directory, out->base))
		return false;
	free(out->temporary);
	out->temporary = NULL;
	return true;
}

/* A file that is closed before it has a name disappears. */
static bool put_in_place(struct output *out)
{
	if (out->directory < 0 ||
	    (!out->temporary && give_name(out, out->base)))
		return close_checked(out);
	if (!out->temporary && (errno != EEXIST || !name_beside(out)))
		return false;
	return close_checked(out) && replace(out);
}

/* Finds a free name: "NAME.sp", or "NAME-2.sp" if that exists. */
static char *numbered_name(const char *base, int number)
{
	const char *dot = strrchr(base, '.');
	int n = dot && dot != base ? dot - base : (int)strlen(base);

	return number < 2 ? xstrdup(base) :
		xasprintf("%.*s-%d%s", n, base, number, base + n);
}

/* linkat(2) never replaces a file or follows a link in the last component. */
static bool link_as(struct output *out, const char *name)
{
	return out->temporary ?
		!linkat(out->directory, out->temporary, out->directory, name,
			0) : give_name(out, name);
}

char *output_commit_new(struct output *out)
{
	bool ok = flush_checked(out), linked = false;
	char *name = NULL;

	for (int i = 1; ok && !linked && i < NUMBERS; i++) {
		free(name);
		name = numbered_name(out->base, i);
		linked = link_as(out, name);
		if (!linked && errno != EEXIST)
			break;
	}
	if (!linked)
		message_error("%s: %s", out->name, strerror(errno));
	output_abandon(out);
	if (linked)
		return name;
	free(name);
	return NULL;
}

bool output_commit(struct output *out)
{
	bool ok;

	ok = flush_checked(out) && put_in_place(out);
	if (!ok)
		message_error("%s: %s", out->name, strerror(errno));
	output_abandon(out);
	return ok;
}

void output_abandon(struct output *out)
{
	if (!out)
		return;
	close_stream(out);
	if (out->fd > STDOUT_FILENO)
		close(out->fd);
	if (out->temporary)
		unlinkat(out->directory, out->temporary, 0);
	if (out->directory >= 0)
		close(out->directory);
	free(out->temporary);
	free(out->base);
	free(out->name);
	free(out);
}
