/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

/* the longest part of a file name, in characters */
enum { PART_MAX = 64 };

/*
 * Makes a text usable in a file name: bytes other than letters, digits and
 * "._-" become "_".
 */
static char *plain(const char *text)
{
	char *copy = xasprintf("%.*s", PART_MAX, text);

	for (char *c = copy; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
			    "WXYZ0123456789._-", *c))
			*c = '_';
	if (*copy == '.' || *copy == '-')
		*copy = '_';
	return copy;
}

/* Returns the short name of an image: the part after the last "/". */
static const char *short_image(const char *image)
{
	const char *slash = strrchr(image, '/');

	return slash && slash[1] ? slash + 1 : image;
}

/* Returns "web-redis_7.2-20261129T225001Z.sp". */
static char *default_name(const struct subject *s)
{
	enum { ID_SHOWN = 12 };
	char *id = xasprintf("%.*s", ID_SHOWN, s->id);
	char *name = plain(s->name ? s->name : id);
	char *image = plain(s->image ? short_image(s->image) : "");
	time_t t = time(NULL);
	char now[32], *file;
	struct tm tm;

	strftime(now, sizeof(now), "%Y%m%dT%H%M%SZ", gmtime_r(&t, &tm));
	file = xasprintf("%s%s%s-%s.sp", name, *image ? "-" : "", image, now);
	free(id);
	free(name);
	free(image);
	return file;
}

static int open_beneath(int directory, const char *path, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

/* Returns the part of `path` below `dir`, or NULL if it is not below. */
static const char *below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n && dir[n - 1] == '/')
		n--;
	if (strncmp(path, dir, n) || path[n] != '/')
		return NULL;
	for (path += n; *path == '/'; path++)
		;
	return path;
}

/* Returns the allowed directory that contains the path, or NULL. */
static const char *allowed_for(const struct container_options *o,
			       const char *path, const char **rest)
{
	const char *dir = container_directory(o);

	*rest = path;
	if (*path != '/')
		return dir;
	*rest = below(path, dir);
	for (size_t i = 0; !*rest && i < o->n_allowed; i++) {
		dir = o->allowed[i];
		*rest = below(path, dir);
	}
	return *rest ? dir : NULL;
}

static char *not_allowed(const struct container_options *o, const char *path)
{
	return xasprintf("%s is not below %s: the administrator can allow its "
			 "directory with --allow-dir", path,
			 container_directory(o));
}

static int open_top(const char *dir)
{
	return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/*
 * Opens the default directory. Only its owner may read it, because a recording
 * shows what a service does.
 */
static int open_default(const struct container_options *o)
{
	int fd = open_top(container_directory(o));

	if (fd >= 0 || errno != ENOENT)
		return fd;
	mkdir(container_directory(o), 0700);
	return open_top(container_directory(o));
}

/*
 * Returns a text that explains why `path` cannot be opened below the directory
 * `top`.
 */
static char *explain(const char *path, const char *top)
{
	switch (errno) {
	case EXDEV:
		return xasprintf("%s: it leads out of %s", path, top);
	case ELOOP:
		return xasprintf("%s: symbolic links are not followed", path);
	default:
		return xasprintf("%s: %s", path, strerror(errno));
	}
}

/*
 * Whether this is the name of a file; "" stands for the default name. It leaves
 * room for a number that output_commit_new() can add.
 */
static bool is_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	return *name != '-' && strcmp(name, ".") && strcmp(name, "..") &&
		strlen(name) <= NAME_MAX - strlen("-9999");
}

/*
 * Divides `rest`, such as "sub/dir/name.sp", which is below `top`. Opens the
 * directory, and keeps the name.
 */
static char *enter(struct place *p, const char *top, int fd, const char *rest,
		   const char *path)
{
	const char *slash = strrchr(rest, '/');
	const char *name = slash ? slash + 1 : rest;
	char *dir = slash ? xasprintf("%.*s", (int)(slash - rest), rest) :
		xstrdup(".");
	char *problem = NULL;

	p->shown = slash ? xasprintf("%s/%s", top, dir) : xstrdup(top);
	p->directory = open_beneath(fd, dir, O_PATH | O_DIRECTORY);
	if (p->directory < 0)
		problem = explain(path, top);
	else if (!is_name(name))
		problem = xasprintf("%s: no file can have that name", path);
	free(dir);
	if (*name) {
		free(p->name);
		p->name = xstrdup(name);
	}
	return problem;
}

bool place_find(struct place *p, const struct container_options *o,
		const struct subject *s, const char *path, char **problem)
{
	const char *rest, *top = allowed_for(o, path ? path : "", &rest);
	int fd;

	*p = (struct place){ .directory = -1, .name = default_name(s) };
	if (!top) {
		*problem = not_allowed(o, path);
		return false;
	}
	fd = top == container_directory(o) ? open_default(o) : open_top(top);
	*problem = fd < 0 ? xasprintf("%s: %s", top, strerror(errno)) :
		enter(p, top, fd, rest, path ? path : top);
	if (fd >= 0)
		close(fd);
	return !*problem;
}

int place_open_file(const struct container_options *o, const char *path,
		    char **problem)
{
	const char *rest, *top = allowed_for(o, path, &rest);
	struct stat st;
	int dir, fd;

	if (!top) {
		*problem = not_allowed(o, path);
		return -1;
	}
	dir = open_top(top);
	fd = dir < 0 ? -1 : open_beneath(dir, rest, O_RDONLY | O_NONBLOCK |
					 O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		*problem = fd < 0 ? explain(path, top) :
			xasprintf("%s: not a regular file", path);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	if (dir >= 0)
		close(dir);
	return fd;
}

void place_free(struct place *p)
{
	if (p->directory >= 0)
		close(p->directory);
	free(p->name);
	free(p->shown);
}
