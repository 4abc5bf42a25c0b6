/* SPDX-License-Identifier: Apache-2.0 */
#include "split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* Returns the text after the prefix, or NULL if the text has another one. */
static const char *after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) ? NULL : text + n;
}

bool split_set(struct split *s, const char *arg, char **problem)
{
	*s = (struct split){
		.fd = -1,
		.directory = -1,
		.pattern = after(arg, "exec:"),
		.path = after(arg, "mark:"),
	};
	s->how = !strcmp(arg, "children") ? SPLIT_BY_CHILDREN :
		s->pattern && *s->pattern ? SPLIT_BY_EXEC :
		s->path && *s->path ? SPLIT_BY_MARK : SPLIT_NOT;
	*problem = NULL;
	if (!s->how)
		*problem = xstrdup("give children, exec:PATTERN or mark:FIFO");
	else if (s->pattern && strlen(s->pattern) > SPLIT_PATTERN_MAX)
		*problem = xasprintf("a pattern has at most %d bytes",
				     SPLIT_PATTERN_MAX);
	else if (s->pattern && strpbrk(s->pattern, "[\\"))
		*problem = xstrdup("a pattern has no special characters but "
				   "* and ?");
	return !*problem;
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Opens the directory of the path, and keeps it open: the command can replace
 * it later.
 */
static int open_directory(const char *path)
{
	char *dir = xasprintf("%.*s.", (int)(base(path) - path), path);
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), error = errno;

	free(dir);
	errno = error;
	return fd;
}

/*
 * Opens the FIFO for writing, too, so that writers do not wait, and reads never
 * get to the end of the file.
 */
int split_open(struct split *s, uid_t uid, gid_t gid)
{
	struct stat st;

	s->directory = open_directory(s->path);
	if (s->directory < 0)
		return -errno;
	s->made = !mkfifoat(s->directory, base(s->path), 0600);
	if (!s->made && errno != EEXIST)
		return -errno;
	s->fd = openat(s->directory, base(s->path), O_RDWR | O_NONBLOCK |
		       O_CLOEXEC | O_NOFOLLOW);
	if (s->fd < 0 || fstat(s->fd, &st))
		return -errno;
	/*
	 * If others can write to the directory, a link to another FIFO can be
	 * there now.
	 */
	if (!S_ISFIFO(st.st_mode) ||
	    (s->made && (st.st_nlink != 1 || st.st_uid != geteuid())))
		return -EEXIST;
	return s->made && uid != (uid_t)-1 && fchown(s->fd, uid, gid) ?
		-errno : 0;
}

void split_drain(const struct split *s)
{
	enum { READS = 16 };		/* the capacity of a pipe: pipe(7) */
	char bytes[4096];

	/* This is limited, because a program can write faster than we read. */
	for (int i = 0; i < READS && read(s->fd, bytes, sizeof(bytes)) > 0; i++)
		;
}

/* Removes the FIFO that we created, unless another file has the name by now. */
static void remove_made(const struct split *s)
{
	struct stat ours, there;

	if (!fstat(s->fd, &ours) &&
	    !fstatat(s->directory, base(s->path), &there,
		     AT_SYMLINK_NOFOLLOW) &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino)
		unlinkat(s->directory, base(s->path), 0);
}

void split_close(struct split *s)
{
	if (s->made && s->fd >= 0)
		remove_made(s);
	if (s->fd >= 0)
		close(s->fd);
	if (s->directory >= 0)
		close(s->directory);
	s->fd = s->directory = -1;
	s->made = false;
}
