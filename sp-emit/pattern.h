/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns, which are paths with wildcards, and functions on parts of paths. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>

/*
 * A pattern is a path in which PATTERN_ANY stands for any part of a name,
 * without a slash. A pattern is not text: a byte of a name that equals
 * PATTERN_ANY or PATTERN_ESCAPE becomes two bytes, so that no name contains a
 * wildcard. Slashes and NUL are as in a path.
 */
#define PATTERN_ANY '\x01'
#define PATTERN_ESCAPE '\x02'
/* Returns the pattern that stands only for this path; the caller frees it. */
char *pattern_of(const char *path);
/*
 * Returns the only path that matches the pattern, which the caller frees.
 * Returns NULL if the pattern has a wildcard.
 */
char *pattern_path(const char *pattern);
bool pattern_is_path(const char *pattern);
/*
 * Returns the pattern for display, which the caller frees: escaped as by
 * path_escape(), with `*` for each wildcard.
 */
char *pattern_text(const char *pattern);
/*
 * Reads the next element. Returns a byte of a name, -1 for PATTERN_ANY, or 0 at
 * the end.
 */
int pattern_next(const char **pattern);

/* Whether the path is the directory, or is below it. */
bool path_is_below(const char *path, const char *directory);
/* Returns the directory of a path or pattern. The caller frees it. */
char *path_parent(const char *path);
/*
 * Returns the next shorter name of a shared library, which the caller frees, or
 * NULL. Shorter names are usually symbolic links to the library, which remain
 * when a newer version is installed: "/x/liby.so.1.2.3" has "/x/liby.so.1.2"
 * and "/x/liby.so.1". Takes a path or a pattern.
 */
char *path_shorter_version(const char *path);
/*
 * Returns the part of the pattern before the first component with a wildcard;
 * the caller frees it.
 */
char *pattern_literal(const char *pattern);

#endif
