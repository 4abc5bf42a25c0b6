/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of which a part can be anything, and parts of paths. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>

/*
 * A pattern is a path in which PATTERN_ANY stands for any part of a name,
 * without a slash. It is not text: if a name has bytes that look like
 * PATTERN_ANY or PATTERN_ESCAPE, each becomes two bytes, so that no name
 * becomes a wildcard. Slashes and NUL are as in a path.
 */
#define PATTERN_ANY '\x01'
#define PATTERN_ESCAPE '\x02'
/* The pattern of this path alone; heap. */
char *pattern_of(const char *path);
/* The one path that it stands for; NULL: it has a wildcard. Heap. */
char *pattern_path(const char *pattern);
bool pattern_is_path(const char *pattern);
/* For display: escaped as by path_escape(), with `*` for what is anything; heap. */
char *pattern_text(const char *pattern);
/*
 * The next part: returns the byte of a name, or -1 for PATTERN_ANY, and 0 at the
 * end.
 */
int pattern_next(const char **pattern);

/* Whether the path is the directory, or below it. */
bool path_is_below(const char *path, const char *directory);
/* The directory of a path or pattern, "/" of one in the root; heap. */
char *path_parent(const char *path);
/*
 * The shorter names of a shared library, which are usually symbolic links to it
 * and stay when a newer version is installed: for "/x/liby.so.1.2.3" these are
 * "/x/liby.so.1.2" and "/x/liby.so.1". The next one, or NULL; heap. Takes a
 * path or a pattern.
 */
char *path_shorter_version(const char *path);
/* The pattern up to the first component that has PATTERN_ANY; heap. */
char *pattern_literal(const char *pattern);

#endif
