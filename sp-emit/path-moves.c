/* SPDX-License-Identifier: Apache-2.0 */
#include "path-moves.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "names.h"

enum { REGULAR = 8, DIRECTORY = 4 };	/* types in S_IFMT */

static bool same_directory(const char *a, const char *b)
{
	char *x = path_parent(a), *y = path_parent(b);
	bool same = !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

/* Takes ownership of the paths. */
static void add_move(struct fold *fold, char *from, char *to, uint32_t access)
{
	fold->moves = xgrow(fold->moves, fold->n_moves, sizeof(*fold->moves));
	fold->moves[fold->n_moves++] = (struct path_move){
		.from = from, .to = to, .access = access,
		.same_directory = same_directory(from, to),
	};
}

/*
 * Adds a move, even if no rule can use it, so that guess_moves() does not pair
 * its names with others.
 */
static void fold_move(struct fold *fold, const struct fact *fact)
{
	uint32_t access = fact->id.nr;
	char *from = path_of_fact(fact);
	char *to = xstrdup(from + strlen(from) + 1);
	bool usable = is_usable(fact) && !is_nowhere(from) && !is_nowhere(to);
	struct folded *f, *t;

	from = fold_name(access & NAME_NAMELESS, from);
	to = fold_name(0, to);
	f = find_folded(fold, from);
	t = find_folded(fold, to);
	if (f)
		f->moves = true;
	if (t)
		t->moves = true;
	if (usable) {
		add_move(fold, from, to,
			 access & (NAME_RENAME | NAME_LINK | NAME_DELETE));
		return;
	}
	free(from);
	free(to);
}

/*
 * Whether a file was moved from this name (`source`), or to it, and no record
 * has the other name of the file.
 */
static bool is_unpaired(const struct folded *f, bool source)
{
	uint32_t access = f->use.access;

	if (f->moves || !(access & (NAME_RENAME | NAME_LINK)))
		return false;
	return source ? access & NAME_DELETE || access & NAME_LINK :
		access & NAME_CREATE;
}

/* The directories that the search has already seen. */
struct seen {
	UT_hash_handle hh;
	char path[];
};

/* Returns whether this is the first unpaired name of its directory. */
static bool see_directory(struct seen **seen, const char *path)
{
	char *parent = path_parent(path);
	size_t length = strlen(parent);
	struct seen *s;

	HASH_FIND(hh, *seen, parent, length, s);
	if (!s) {
		struct seen *new = xcalloc(1, sizeof(*new) + length + 1);

		memcpy(new->path, parent, length);
		HASH_ADD_KEYPTR(hh, *seen, new->path, length, new);
	}
	free(parent);
	return !s;
}

/*
 * Finds one unpaired name for each directory, since rules for moves depend only
 * on directories.
 */
static struct folded **find_unpaired(const struct fold *fold, bool source,
				     size_t *n)
{
	struct folded **found = NULL, *f = NULL, *next;
	struct seen *seen = NULL, *s, *next_seen;

	*n = 0;
	HASH_ITER(hh, fold->by_path, f, next) {
		if (!is_unpaired(f, source) ||
		    !see_directory(&seen, f->use.pattern))
			continue;
		found = xgrow(found, *n, sizeof(struct folded *));
		found[(*n)++] = f;
	}
	HASH_ITER(hh, seen, s, next_seen) {
		HASH_DELETE(hh, seen, s);
		free(s);
	}
	return found;
}

/*
 * Older recordings have no pairs of names: this assumes a move from each of the
 * source directories to each of the target directories.
 */
static void guess_moves(struct fold *fold)
{
	size_t n, m;
	struct folded **from = find_unpaired(fold, true, &n);
	struct folded **to = find_unpaired(fold, false, &m);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			add_move(fold, xstrdup(from[i]->use.pattern),
				 xstrdup(to[k]->use.pattern),
				 from[i]->use.access &
				 (NAME_RENAME | NAME_LINK));
	free(from);
	free(to);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns all paths, sorted. The caller frees the array. */
static const char **sort_names(const struct fold *fold)
{
	const char **names = xcalloc(HASH_COUNT(fold->by_path) + 1,
				     sizeof(*names));
	struct folded *f = NULL, *next;
	size_t n = 0;

	HASH_ITER(hh, fold->by_path, f, next) {
		names[n++] = f->use.pattern;
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	return names;
}

/*
 * Whether there are names below the directory. If so, the first of them is
 * where "directory/" would be in the sorted list.
 */
static bool has_names_below(const struct fold *fold, const char **names,
			    const char *directory)
{
	char *start = xasprintf("%s/", directory);
	size_t low = 0, n = HASH_COUNT(fold->by_path), high = n;
	bool has;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle], start) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	has = low < n && !strncmp(names[low], start, strlen(start));
	free(start);
	return has;
}

/*
 * A moved object has the same type under both names. If either has names below
 * it, it is a directory.
 */
static void learn_type(struct fold *fold, const char **names,
		       struct path_move *move)
{
	struct folded *from = find_folded(fold, move->from);
	struct folded *to = find_folded(fold, move->to);
	uint32_t types = (from ? from->use.types : 0) |
		(to ? to->use.types : 0);

	/* The link is to a file without a name. */
	if (move->access == NAME_LINK)
		types |= 1U << REGULAR;
	else if (!(types & ~(1U | PATH_UNLINKED)) &&
		 (has_names_below(fold, names, move->from) ||
		  has_names_below(fold, names, move->to)))
		types |= 1U << DIRECTORY;
	types &= ~(1U | PATH_UNLINKED);
	move->types = types ? types : 1;
	if (from)
		from->use.types |= move->types;
	if (to)
		to->use.types |= move->types;
}

void fold_moves(struct fold *fold, const struct facts *moves)
{
	const char **names;

	for (size_t i = 0; i < moves->n; i++)
		fold_move(fold, moves->at[i]);
	guess_moves(fold);
	names = sort_names(fold);
	for (size_t i = 0; i < fold->n_moves; i++)
		learn_type(fold, names, &fold->moves[i]);
	free(names);
}

static int compare_moves(const void *a, const void *b)
{
	const struct path_move *x = a, *y = b;
	int order = strcmp(x->from, y->from);

	if (!order)
		order = strcmp(x->to, y->to);
	if (!order)
		order = (x->access > y->access) - (x->access < y->access);
	return order ? order : x->same_directory - y->same_directory;
}

void free_move(struct path_move *move)
{
	free(move->from);
	free(move->to);
}

void join_moves(struct fold *fold)
{
	size_t n = 0;

	array_sort(fold->moves, fold->n_moves, sizeof(*fold->moves),
		   compare_moves);
	for (size_t i = 0; i < fold->n_moves; i++) {
		struct path_move *move = &fold->moves[i];

		if (n && !compare_moves(&fold->moves[n - 1], move)) {
			fold->moves[n - 1].types |= move->types;
			free_move(move);
		} else {
			fold->moves[n++] = *move;
		}
	}
	fold->n_moves = n;
}
