/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a profile includes. profile_prepare() loads them, before the
 * tool enters its sandbox; the readers only look them up. Since a profile may
 * be hostile, only regular files are read, up to limits.
 */
#ifndef INCLUDED_H
#define INCLUDED_H

#include <stdbool.h>
#include <stddef.h>

struct included_file {
	char *path;
	/* the whole file with a NUL; NULL: it could not be read */
	char *text;
	size_t n;	/* bytes in `text` */
	int err;	/* the negative errno, if it could not be read */
};

struct included;	/* a set of files */

/*
 * Returns the file at the path, and loads it if it is not in the set yet. A
 * file that could not be read is in the set, too. Returns NULL if the set is
 * full. Creates the set if `*set` is NULL.
 */
const struct included_file *included_load(struct included **set,
					  const char *path);
/* Does the same without loading. Returns NULL if the file is not in the set. */
const struct included_file *included_find(const struct included *set,
					  const char *path);
/*
 * Returns the files in the order in which they were loaded; NULL after the
 * last.
 */
const struct included_file *included_at(const struct included *set, size_t i);
/* Whether the set has reached its limit, so that files may be missing. */
bool included_is_full(const struct included *set);
void included_free(struct included *set);

/*
 * Returns the path of `name` in the directory of `file`, which the caller
 * frees. For "-" or NULL, this is the current directory.
 */
char *included_beside(const char *file, const char *name);

#endif
