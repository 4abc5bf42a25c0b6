/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins the uses of each path in a trace, for the formats made of paths. Names
 * that differ from run to run become one pattern.
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
	 * Access bits of names.h that need rights. 0: only an image that was
	 * left out created the path.
	 */
	uint32_t access;
	/*
	 * a bit for each S_IFMT type: 1 << 8 is a regular file, 1 is an unknown
	 * type; or PATH_UNLINKED
	 */
	uint32_t types;
	uint64_t count;
	/* whether the run creates or removes it, so that it need not exist */
	bool made;
	/* the rules that made the pattern; 0: a single path */
	unsigned int rules;
	size_t names;		/* the number of paths that have this pattern */
};

/* A rename or a link. */
struct path_move {
	char *from, *to;	/* patterns */
	/* NAME_RENAME or NAME_LINK; with NAME_DELETE, an exchange */
	uint32_t access;
	uint32_t types;		/* types of the moved object; 1: unknown */
	bool same_directory;
};

struct path_uses {
	struct path_use *at;	/* sorted by pattern */
	size_t n;
	struct path_move *moves;
	size_t n_moves;
	/* the number of names that were truncated or not readable */
	size_t doubtful;
};

/*
 * Joins the uses of paths that need rights: path_needs_right(). A file without
 * a name (O_TMPFILE) becomes "#" and PATTERN_ANY in its directory. If a
 * recording has no records of moves, they are guessed: each source could have
 * moved to each destination.
 */
struct path_uses *paths_fold(const struct trace *t, unsigned int rules);
void paths_free(struct path_uses *uses);

/* Returns the use with exactly this pattern, or NULL. */
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
