/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paths of a trace while they are being folded: what paths.c and path-
 * moves.c share.
 */
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
	bool own;		/* the run created or removed it */
	bool private;		/* created as temporary files are: NAME_PRIVATE */
	bool removed;		/* the run removed its name */
	bool moves;		/* a record shows where it moved */
	uint32_t *runs;		/* bits: which runs have it */
};

/* The pattern of a temporary name. */
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

/* 32-bit words that `runs` has. */
size_t words_of(size_t n_runs);
/* The path's element, which is added if there is none; takes the path over. */
struct folded *folded_path(struct fold *fold, char *path);
/* The same, or NULL. */
struct folded *find_folded(const struct fold *fold, const char *path);
/* Add what one element has to another. */
void join_folded(struct folded *to, const struct folded *from, size_t words);

/*
 * The pattern that a fact's path is folded to; takes the path over. Recorders
 * that did not know files without a name noted them as deleted, by the kernel's
 * name for them.
 */
char *fold_name(uint32_t access, char *path);
/* Whether a policy can use the path: it is complete, and believed. */
bool is_usable(const struct fact *fact);
/* Whether the name is in no directory: a memfd, a descriptor. */
bool is_nowhere(const char *path);

#endif
