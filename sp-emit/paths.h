/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace did with each path, folded for the formats that are made of
 * paths, with the names that differ from run to run made one.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdio.h>

#include "path-rules.h"
#include "pattern.h"
#include "stream/trace.h"

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
/* A line for each path that became a pattern, and what it is made of. */
void paths_explain(const struct path_uses *uses, FILE *out);

#endif
