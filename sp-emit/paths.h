/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace did with each path, folded for the formats that are made of
 * paths, with the names that differ from run to run made one.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdio.h>

#include "stream/trace.h"

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
};
/* A list "pid,tmp", "all", "usual" or "none"; false: an unknown name. */
bool general_parse(const char *list, unsigned int *rules);

enum { PATH_UNLINKED = 1 << 16 };	/* removed, and no directory */

struct path_use {
	char *path;		/* a `*` that stands for anything is PATH_ANY */
	uint32_t access;	/* NAME_* of names.h, of what needs rights; 0: an
				   image that is left out made it */
	uint32_t types;		/* bits by S_IFMT type: 1 << 8 is a regular file,
				   1 not known; PATH_UNLINKED */
	uint64_t count;
	bool made;		/* it was or may be created or removed: not
				   always there */
	unsigned int rules;	/* by which it became a pattern; 0: it is none */
	size_t names;		/* how many paths are in it */
};

/*
 * Stands for a `*` in a pattern. A name that has this very byte is taken for
 * one, which allows more and never less.
 */
#define PATH_ANY '\x01'

/* A rename or a link. */
struct path_move {
	char *from, *to;	/* as the paths of a use */
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
 * (O_TMPFILE) is called "#" and PATH_ANY, in its directory. Moves of recordings
 * that have no record of them are guessed: each source could have gone to each
 * destination.
 */
struct path_uses *paths_fold(const struct trace *t, unsigned int rules);
void paths_free(struct path_uses *uses);

/* The use of just that path, or NULL. */
const struct path_use *paths_find(const struct path_uses *uses,
				  const char *path);
/* The directory of a path, "/" of a path in the root; heap. */
char *path_parent(const char *path);
/* Whether a name ends as those that mkstemp(3) and its like make up. */
bool path_is_random(const char *name);
/*
 * A shared library's shorter names, which are symbolic links to it as a rule
 * and stay when a newer version is installed: of "/x/liby.so.1.2.3"
 * "/x/liby.so.1.2" and "/x/liby.so.1". The next one, or NULL; heap.
 */
char *path_shorter_version(const char *path);
/* The longest part before a component with PATH_ANY; heap. */
char *path_literal(const char *path);

/* A line for each path that became a pattern, and what it is made of. */
void paths_explain(const struct path_uses *uses, FILE *out);

#endif
