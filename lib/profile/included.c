/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/included.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input.h"
#include "base/memory.h"

/* These limits are far above those of profiles in use. */
enum {
	FILES_MAX = 256,
	FILE_BYTES_MAX = 1 << 20,
	ALL_BYTES_MAX = 16 << 20,
};

struct included {
	/* pointers, so that a file does not move */
	struct included_file *files[FILES_MAX];
	size_t n, bytes;
};

/* O_NONBLOCK makes it refuse a FIFO rather than wait for its writer. */
static FILE *open_regular(const char *path, int *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	FILE *file = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		*err = -errno;
	else if (!S_ISREG(st.st_mode))
		*err = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else if (!(file = fdopen(fd, "r")))
		*err = -errno;
	if (!file && fd >= 0)
		close(fd);
	return file;
}

static void load(struct included *set, struct included_file *f)
{
	FILE *file = open_regular(f->path, &f->err);

	if (!file)
		return;
	f->text = input_read(file, FILE_BYTES_MAX, &f->n);
	if (!f->text)
		f->err = -errno;
	else if (f->n > FILE_BYTES_MAX || set->bytes + f->n > ALL_BYTES_MAX)
		f->err = -EFBIG;
	if (f->err) {
		free(f->text);
		f->text = NULL;
		f->n = 0;
	}
	set->bytes += f->n;
	fclose(file);
}

const struct included_file *included_load(struct included **set,
					  const char *path)
{
	const struct included_file *known = included_find(*set, path);
	struct included_file *f;

	if (known)
		return known;
	if (!*set)
		*set = xcalloc(1, sizeof(**set));
	if ((*set)->n == FILES_MAX)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->path = xstrdup(path);
	load(*set, f);
	(*set)->files[(*set)->n++] = f;
	return f;
}

const struct included_file *included_find(const struct included *set,
					  const char *path)
{
	for (size_t i = 0; set && i < set->n; i++)
		if (!strcmp(set->files[i]->path, path))
			return set->files[i];
	return NULL;
}

const struct included_file *included_at(const struct included *set, size_t i)
{
	return set && i < set->n ? set->files[i] : NULL;
}

bool included_is_full(const struct included *set)
{
	return set && set->n == FILES_MAX;
}

void included_free(struct included *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n; i++) {
		free(set->files[i]->path);
		free(set->files[i]->text);
		free(set->files[i]);
	}
	free(set);
}

char *included_beside(const char *file, const char *name)
{
	const char *slash = file ? strrchr(file, '/') : NULL;

	if (*name == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - file), file, name);
}
