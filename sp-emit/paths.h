/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folds the uses of paths in a trace, for the formats made of paths. Names that
 * differ from run to run become one pattern.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdio.h>

#include "path-rules.h"
#include "pattern.h"
#include "stream/trace.h"

/* A bit of `types`: something was removed that was not a directory. */
enum { PATH_UNLINKED = 1 << 16 };

struct path_use {
	char *pattern;
	/*
	 * access bits of names.h that need rights; 0: only an image that was
	 * left out created it
	 */
	uint32_t access;
	/*
	 * a bit for each S_IFMT type: 1 << 8 is a regular file, 1 is an unknown
	 * type; or PATH_UNLINKED
	 */
	uint32_t types;
	uint64_t count;
	/* it was, or can be, created or removed: it need not exist */
	bool made;
	/* the rules that made it a pattern; 0: it is a single path */
	unsigned int rules;
	size_t names;		/* the number of paths that have this pattern */
};

/* A rename or a link. */
struct path_move {
	char *from, *to;	/* patterns */
	/* NAME_RENAME or NAME_LINK; with NAME_DELETE, both were exchanged */
	uint32_t access;
	uint32_t types;		/* types of the moved object; 1: unknown */
	bool same_directory;
};

struct path_uses {
	struct path_use *at;	/* sorted by pattern */
	size_t n;
	struct path_move *moves;
	size_t n_moves;
	/* the number of names that were cut or could not be read */
	size_t doubtful;
};

/*
 * Folds the paths that need rights: path_needs_right(). A file without a name
 * (O_TMPFILE) becomes "#" and PATTERN_ANY in its directory. If a recording has
 * no records of moves, these are guessed: each source could have moved to each
 * destination.
 */
struct path_uses *paths_fold(const struct trace *t, unsigned int rules);
void paths_free(struct path_uses *uses);

/* The use with exactly this pattern, or NULL. */
const struct path_use *paths_find(const struct path_uses *uses,
				  const char *pattern);
/*
 * Returns the pattern of a path that exists before the run; the caller frees
 * it. If the path has a wildcard, or the run created it, this is the nearest
 * directory above it that exists before the run.
 */
char *paths_lasting(const struct path_uses *uses, const char *pattern);
/* Prints a line for each pattern, and the paths for which it stands. */
void paths_explain(const struct path_uses *uses, FILE *out);

#endif
