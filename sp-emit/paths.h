/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace did with each path, folded for the formats that are made of
 * paths, with the names that differ from run to run made one.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdio.h>

#include "stream/trace.h"

/*
 * A pattern is a path in which PATTERN_ANY stands for any name's part, without a
 * slash. It is no text: a name's own bytes that look like PATTERN_ANY and
 * PATTERN_ESCAPE are two bytes in it, so that no name becomes a wildcard.
 * Slashes and NUL are as in a path.
 */
#define PATTERN_ANY '\x01'
#define PATTERN_ESCAPE '\x02'
/* The pattern of this path alone; heap. */
char *pattern_of(const char *path);
/* The one path that it stands for; NULL: it stands for many. Heap. */
char *pattern_path(const char *pattern);
bool pattern_is_path(const char *pattern);
/* For display: escaped as by path_escape(), with `*` for what is anything; heap. */
char *pattern_text(const char *pattern);
/*
 * The next part: returns the byte of a name, or -1 for PATTERN_ANY, and 0 at the
 * end.
 */
int pattern_next(const char **pattern);

/* The rules by which components of a path become a pattern. */
enum general_rule {
	GENERAL_PID = 1,	/* /proc/NUMBER, and task/NUMBER in it */
	GENERAL_TMP = 2,	/* of mkstemp(3): the end of what the run made */
	GENERAL_HASH = 4,	/* 16 hexadecimal digits and more; UUIDs */
	GENERAL_DATE = 8,	/* 2026-11-24, 20261124, and times after them */
	GENERAL_RUNS = 16,	/* numbers that differ between the runs */
	GENERAL_VERSION = 32,	/* 1.2.3; what an upgrade replaces */
	GENERAL_ALL = 63,
	GENERAL_USUAL = GENERAL_ALL & ~GENERAL_VERSION,
	/* No rule: without what started the programs. The policy is loaded by
	   one that runs already. */
	PATHS_OF_RUNNING = 64,
};
/* A list "pid,tmp", "all", "usual" or "none"; false: an unknown name. */
bool general_parse(const char *list, unsigned int *rules);

enum { PATH_UNLINKED = 1 << 16 };	/* removed, and no directory */

struct path_use {
	char *pattern;
	uint32_t access;	/* NAME_* of names.h, of what needs rights; 0: an
				   image that is left out made it */
	uint32_t types;		/* bits by S_IFMT type: 1 << 8 is a regular file,
				   1 not known; PATH_UNLINKED */
	uint64_t count;
	bool made;		/* it was or may be created or removed: not
				   always there */
	unsigned int rules;	/* by which it became one; 0: one path */
	size_t names;		/* how many paths are in it */
};

/* A rename or a link. */
struct path_move {
	char *from, *to;	/* patterns */
	uint32_t access;	/* NAME_RENAME or NAME_LINK; with NAME_DELETE the
				   two were exchanged */
	uint32_t types;		/* of what is moved; 1: not known */
	bool same_directory;
};

struct path_uses {
	struct path_use *at;	/* sorted by path */
	size_t n;
	struct path_move *moves;
	size_t n_moves;
	size_t doubtful;	/* names that were cut or could not be read */
};

/*
 * Fold the paths that need rights: path_needs_right(). A file without a name
 * (O_TMPFILE) is called "#" and anything, in its directory. Moves of recordings
 * that have no record of them are guessed: each source could have gone to each
 * destination.
 */
struct path_uses *paths_fold(const struct trace *t, unsigned int rules);
void paths_free(struct path_uses *uses);

/* The use of just that pattern, or NULL. */
const struct path_use *paths_find(const struct path_uses *uses,
				  const char *pattern);
/*
 * The pattern of the path, or where that is a pattern or made by the run, of the
 * nearest directory above that is there before the run; heap.
 */
char *paths_lasting(const struct path_uses *uses, const char *pattern);
/* Whether the path is the directory, or below it. */
bool path_is_below(const char *path, const char *directory);
/* The directory of a path or pattern, "/" of one in the root; heap. */
char *path_parent(const char *path);
/*
 * A shared library's shorter names, which are symbolic links to it as a rule
 * and stay when a newer version is installed: of "/x/liby.so.1.2.3"
 * "/x/liby.so.1.2" and "/x/liby.so.1". The next one, or NULL; heap. Of a path or
 * a pattern.
 */
char *path_shorter_version(const char *path);
/* The pattern up to the first component with PATTERN_ANY; heap. */
char *pattern_literal(const char *pattern);

/* A line for each path that became a pattern, and what it is made of. */
void paths_explain(const struct path_uses *uses, FILE *out);

#endif
