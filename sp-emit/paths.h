/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folds what a trace did with each path, for the formats made of paths. Names
 * that differ from run to run become one pattern.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdio.h>

#include "path-rules.h"
#include "pattern.h"
#include "stream/trace.h"

/* it was removed, and was no directory */
enum { PATH_UNLINKED = 1 << 16 };

struct path_use {
	char *pattern;
	/*
	 * access bits of names.h that need rights; 0: an image that is left out
	 * made it
	 */
	uint32_t access;
	uint32_t types;		/* bits by S_IFMT type: 1 << 8 is a regular file,
				   1 not known; PATH_UNLINKED */
	uint64_t count;
	/* it was or may be created or removed: it need not exist always */
	bool made;
	/* the rule that made it a pattern; 0: one path */
	unsigned int rules;
	size_t names;		/* how many paths the pattern stands for */
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
	size_t doubtful;	/* names that were cut, or could not be read */
};

/*
 * Fold the paths that need rights: path_needs_right(). A file without a name
 * (O_TMPFILE) becomes "#" and PATTERN_ANY, in its directory. Moves of
 * recordings that have no records of them are guessed: each source could have
 * gone to each destination.
 */
struct path_uses *paths_fold(const struct trace *t, unsigned int rules);
void paths_free(struct path_uses *uses);

/* The use of just that pattern, or NULL. */
const struct path_use *paths_find(const struct path_uses *uses,
				  const char *pattern);
/*
 * The pattern of the path. If that is a pattern, or the run made it, the
 * nearest directory above that exists before the run; heap.
 */
char *paths_lasting(const struct path_uses *uses, const char *pattern);
/* Print a line for each path that became a pattern, and what it is made of. */
void paths_explain(const struct path_uses *uses, FILE *out);

#endif
