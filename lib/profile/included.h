/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a profile includes. They are loaded before a sandbox
 * (profile_prepare()); the readers only look them up. A profile may be hostile:
 * only regular files are read, and there are limits.
 */
#ifndef INCLUDED_H
#define INCLUDED_H

#include <stdbool.h>
#include <stddef.h>

struct included_file {
	char *path;
	char *text;	/* all of it and a NUL; NULL: it could not be read … */
	size_t n;	/* bytes in `text` */
	int err;	/* … for this reason: a negative errno */
};

struct included;	/* a set of files */

/*
 * The file at the path, loaded if the set does not have it yet. A file that
 * cannot be read is in the set as well. NULL: the set is full. If `*set` is
 * NULL, a set is made.
 */
const struct included_file *included_load(struct included **set,
					  const char *path);
/* The same without loading: NULL where it is not in the set. */
const struct included_file *included_find(const struct included *set,
					  const char *path);
/* The files in the order of their loading; NULL after the last. */
const struct included_file *included_at(const struct included *set, size_t i);
/* Whether files may be missing in it because it has reached its limit. */
bool included_is_full(const struct included *set);
void included_free(struct included *set);

/* Heap: `name` in the directory of `file`; "-" and NULL are in the current one. */
char *included_beside(const char *file, const char *name);

#endif
