/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of a trace while they are folded: what paths.c and path-moves.c share. */
#ifndef PATH_FOLD_H
#define PATH_FOLD_H

#include "base/memory.h"
#include "paths.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/* A path while it is folded. */
struct folded {
	UT_hash_handle hh;
	struct path_use use;
	bool own;		/* it was created or removed by the run */
	bool private;		/* created as temporary files are: NAME_PRIVATE */
	bool moves;		/* there is a record of where it moved */
	uint32_t *runs;		/* bits: which runs have it */
};

struct fold {
	struct folded *by_path;
	struct path_move *moves;
	size_t n_moves;
	size_t n_runs, doubtful;
};

/* 32-bit words that `runs` has. */
size_t words_of(size_t n_runs);
/* The path's element, which is made where there is none; takes over the path. */
struct folded *folded_path(struct fold *fold, char *path);
/* The same, or NULL. */
struct folded *find_folded(const struct fold *fold, const char *path);
/* Add what one element has to another. */
void join_folded(struct folded *to, const struct folded *from, size_t words);

/*
 * By what pattern a fact's path is folded; takes it over. Recorders that knew
 * nothing of files without a name noted them as deleted, by the kernel's name.
 */
char *fold_name(uint32_t access, char *path);
/* Whether a policy can be made of the path: it is whole, and believed. */
bool is_usable(const struct fact *fact);
/* Whether the name is in no directory: a memfd, a descriptor. */
bool is_nowhere(const char *path);

#endif
