/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of folding the paths of a trace. paths.c and path-moves.c share it.
 */
#ifndef PATH_FOLD_H
#define PATH_FOLD_H

#include "base/memory.h"
#include "paths.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/* A path, or the pattern to which it was folded. */
struct folded {
	UT_hash_handle hh;
	struct path_use use;
	bool own;		/* the run created or removed it */
	/* created as mkstemp(3) creates files: NAME_PRIVATE */
	bool private;
	bool removed;		/* the run removed its name */
	bool moves;		/* whether a record of a move has this name */
	uint32_t *runs;		/* a bit for each run that used it */
};

/* A pattern for temporary names in a directory. */
struct template {
	UT_hash_handle hh;
	char *pattern;
};

struct fold {
	struct folded *by_path;
	struct template *templates;
	struct path_move *moves;
	size_t n_moves;
	size_t n_runs, doubtful;
};

/* Returns the size of `runs` in 32-bit words. */
size_t words_of(size_t n_runs);
/*
 * Returns the element of the path, and adds it if there is none. Takes
 * ownership of the path.
 */
struct folded *folded_path(struct fold *fold, char *path);
/* Returns the element of the path, or NULL. */
struct folded *find_folded(const struct fold *fold, const char *path);
/* Adds the runs, accesses and types of one element to another. */
void join_folded(struct folded *to, const struct folded *from, size_t words);

/*
 * Returns the pattern to which a fact's path is folded. Takes ownership of the
 * path. Older recorders noted files without a name as deleted files, with the
 * name that the kernel gives them.
 */
char *fold_name(uint32_t access, char *path);
/* Whether a policy can use the path: it must be complete and trusted. */
bool is_usable(const struct fact *fact);
/* Whether the name is in no directory, as the names of memfds are. */
bool is_nowhere(const char *path);

#endif
