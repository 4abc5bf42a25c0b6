/* SPDX-License-Identifier: Apache-2.0 */
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "kernel/path.h"
#include "names.h"
#include "path-fold.h"
#include "path-moves.h"
#include "path-starts.h"
#include "random-name.h"

enum { REGULAR = 8 };		/* an S_IFMT type */

static uint32_t type_bit(uint32_t access)
{
	uint32_t bit = 1U << ((access & NAME_TYPE) >> NAME_TYPE_SHIFT);

	return bit == 1 && (access & (NAME_DELETE | NAME_RENAME)) == NAME_DELETE ?
		PATH_UNLINKED : bit;
}

/* Whether O_CREAT can create the file. Files of /proc and /sys always exist. */
static bool may_be_made(uint32_t access, const char *path)
{
	return access & NAME_NAMELESS ||
		(access & NAME_ENSURE && type_bit(access) == 1U << REGULAR &&
		 !path_is_below(path, "/proc") &&
		 !path_is_below(path, "/sys"));
}

static bool is_made_private(uint32_t access)
{
	return access & NAME_CREATE && access & NAME_PRIVATE;
}

/*
 * systemd creates directories before it executes a service: RuntimeDirectory=
 * and others.
 */
static bool is_manager(const struct image *image)
{
	const char *dir = image->path ? strstr(image->path, "/systemd/") : NULL;

	return dir && (!strcmp(dir, "/systemd/systemd") ||
		       !strcmp(dir, "/systemd/systemd-executor"));
}

/*
 * Notes the files that an image of the run created. Files that the service
 * manager created do not count: they exist before the policy is in force.
 */
static void fold_made(struct fold *fold, const struct fact *fact)
{
	char *path = path_of_fact(fact);
	uint32_t access = fact->id.nr;
	struct folded *f;

	if (!is_usable(fact) || is_nowhere(path) ||
	    !(access & (NAME_CREATE | NAME_DELETE))) {
		free(path);
		return;
	}
	f = folded_path(fold, fold_name(access, path));
	f->use.made = f->own = true;
	f->private |= is_made_private(access);
	f->removed |= (access & NAME_DELETE) != 0;
}

/* Phases of one recording count as one run, because they share names. */
static uint32_t recording_of(const struct trace *t, uint32_t run)
{
	while (run_is_later_part(t->runs, run))
		run--;
	return run;
}

static void add_sightings(struct folded *f, const struct trace *t,
			  const struct fact *fact)
{
	for (size_t i = 0; i < fact->n_sightings; i++) {
		uint32_t run = recording_of(t, fact->sightings[i].run);

		f->runs[run / 32] |= 1U << run % 32;
	}
}

static void fold_fact(struct fold *fold, const struct trace *t,
		      const struct fact *fact)
{
	uint32_t access = fact->id.nr;
	char *path = path_of_fact(fact);
	struct folded *f;

	if (access & (NAME_CUT | NAME_UNREAD))
		fold->doubtful++;
	if (!is_usable(fact) || is_nowhere(path)) {
		free(path);
		return;
	}
	f = folded_path(fold, fold_name(access, path));
	f->use.access |= access & NAME_ACCESS;
	if ((access & NAME_ACCESS) != NAME_LOOK || access & NAME_TYPE)
		f->use.types |= type_bit(access);
	f->use.count = count_add(f->use.count, fact_count(fact));
	f->own |= access & (NAME_CREATE | NAME_DELETE);
	f->private |= is_made_private(access);
	f->removed |= (access & NAME_DELETE) != 0;
	f->use.made |= f->own || may_be_made(access, f->use.pattern);
	f->use.names = 1;
	add_sightings(f, t, fact);
}

/*
 * A service can read a state file, or remove a socket, that its previous run
 * left, and then create its own. In the recording the file did not exist, but
 * at the next start it will.
 */
static void fold_missing(struct fold *fold, const struct fact *fact)
{
	enum {
		USES = NAME_READ | NAME_WRITE | NAME_LIST | NAME_DELETE |
			NAME_TRUNCATE | NAME_CHANGE | NAME_CONNECT,
		NOT = NAME_RENAME | NAME_LINK | NAME_EXECUTE | NAME_CUT |
			NAME_UNREAD | NAME_NAMELESS,
	};
	uint32_t access = fact->id.nr;
	struct folded *f;
	char *pattern;

	if (fact->answer != -ENOENT || !(access & USES) || access & NOT ||
	    path_is_doubted(access))
		return;
	pattern = fold_name(access, path_of_fact(fact));
	f = find_folded(fold, pattern);
	if (f && f->use.access & NAME_CREATE)
		f->use.access |= access & USES;
	free(pattern);
}

/* Returns the pattern for a path by some rules; the caller frees it. */
typedef char *(*naming)(const struct fold *fold, struct folded *all,
			const struct folded *f, void *arg, unsigned int *used);

static void rename_end(const struct fold *fold, struct folded *all,
		       naming name, void *arg, char **path)
{
	unsigned int used = 0;
	struct folded *f;
	char *to;

	HASH_FIND_STR(all, *path, f);
	if (!f)
		return;
	to = name(fold, all, f, arg, &used);
	free(*path);
	*path = to;
}

/* Replaces each path by its pattern: name() returns it. */
static void regroup(struct fold *fold, naming name, void *arg)
{
	struct folded *old = fold->by_path, *f, *next;

	for (size_t i = 0; i < fold->n_moves; i++) {
		rename_end(fold, old, name, arg, &fold->moves[i].from);
		rename_end(fold, old, name, arg, &fold->moves[i].to);
	}
	join_moves(fold);
	fold->by_path = NULL;
	HASH_ITER(hh, old, f, next) {
		unsigned int used = 0;
		char *path = name(fold, old, f, arg, &used);

		f->use.rules |= used;
		join_folded(folded_path(fold, path), f, words_of(fold->n_runs));
	}
	HASH_ITER(hh, old, f, next) {
		HASH_DELETE(hh, old, f);
		free(f->use.pattern);
		free(f->runs);
		free(f);
	}
}

/*
 * Returns a pattern such as "/tmp/x.*" for the first N bytes of a path, whose
 * last name has a random part. The caller frees it.
 */
static char *template_of(const char *path, size_t n, enum making making)
{
	const char *name = memrchr(path, '/', n);
	struct name_part part;
	size_t at;

	if (!name)
		return NULL;
	at = name + 1 - path;
	part = random_part(name + 1, n - at, making);
	at += part.at;
	return part.size ? xasprintf("%.*s%c%.*s", (int)at, path, PATTERN_ANY,
				     (int)(n - at - part.size),
				     path + at + part.size) : NULL;
}

/*
 * Finds patterns for names of files that were created as mkstemp(3) creates
 * them, unless the names look chosen.
 */
static void find_templates(struct fold *fold)
{
	struct folded *f = NULL, *next;

	HASH_ITER(hh, fold->by_path, f, next) {
		char *pattern = f->private ?
			template_of(f->use.pattern, strlen(f->use.pattern),
				    MADE_PRIVATE) : NULL;
		struct template *t = NULL;

		if (pattern)
			HASH_FIND_STR(fold->templates, pattern, t);
		if (!pattern || t) {
			free(pattern);
			continue;
		}
		t = xcalloc(1, sizeof(*t));
		t->pattern = pattern;
		HASH_ADD_KEYPTR(hh, fold->templates, t->pattern,
				strlen(t->pattern), t);
	}
}

static void free_templates(struct fold *fold)
{
	struct template *t, *next;

	HASH_ITER(hh, fold->templates, t, next) {
		HASH_DELETE(hh, fold->templates, t);
		free(t->pattern);
		free(t);
	}
}

static enum making making_of(const struct fold *fold, const struct folded *f)
{
	struct template *t = NULL;
	char *pattern;

	if (!f || !f->private)
		return MADE;
	pattern = template_of(f->use.pattern, strlen(f->use.pattern),
			      MADE_LIKE_ANOTHER);
	if (pattern)
		HASH_FIND_STR(fold->templates, pattern, t);
	free(pattern);
	return t ? MADE_LIKE_ANOTHER : f->removed ? MADE_AND_REMOVED :
		MADE_PRIVATE;
}

struct all_paths {
	const struct fold *fold;
	const struct folded *by_path;
};

/* Implements is_made of path-rules.h. */
static bool is_own(const void *arg, const char *path, size_t n,
		   enum making *making)
{
	const struct all_paths *all = arg;
	const struct folded *by_path = all->by_path;
	struct folded *f;

	HASH_FIND(hh, by_path, path, n, f);
	*making = making_of(all->fold, f);
	return f && f->own;
}

static char *name_by_rules(const struct fold *fold, struct folded *all,
			   const struct folded *f, void *arg,
			   unsigned int *used)
{
	const struct all_paths paths = { fold, all };

	return generalize(f->use.pattern, *(unsigned int *)arg, is_own, &paths,
			  used);
}

/* The rule for numbers that differ between runs. */

struct shape {
	UT_hash_handle hh;
	char *text;
	size_t members;
	/* whether several runs have the same name of this shape */
	bool steady;
	uint32_t *runs;
};

static size_t count_runs(const uint32_t *runs, size_t words)
{
	size_t n = 0;

	for (size_t i = 0; i < words; i++)
		n += __builtin_popcount(runs[i]);
	return n;
}

static struct shape *find_shape(struct shape *shapes, const char *path)
{
	char *text = path_without_numbers(path);
	struct shape *s = NULL;

	if (text)
		HASH_FIND_STR(shapes, text, s);
	free(text);
	return s;
}

static void add_shape(struct shape **shapes, const struct folded *f,
		      size_t words)
{
	char *text = path_without_numbers(f->use.pattern);
	struct shape *s;

	if (!text)
		return;
	HASH_FIND_STR(*shapes, text, s);
	if (!s) {
		s = xcalloc(1, sizeof(*s));
		s->text = text;
		s->runs = xcalloc(words, sizeof(*s->runs));
		HASH_ADD_KEYPTR(hh, *shapes, s->text, strlen(s->text), s);
	} else {
		free(text);
	}
	s->members++;
	s->steady |= count_runs(f->runs, words) > 1;
	for (size_t i = 0; i < words; i++)
		s->runs[i] |= f->runs[i];
}

/*
 * Replaces the numbers in a name by wildcards, if no two runs have the same
 * name of this shape.
 */
static char *name_by_runs(const struct fold *fold, struct folded *all,
			  const struct folded *f, void *arg,
			  unsigned int *used)
{
	struct shape *s = find_shape(arg, f->use.pattern);

	(void)all;
	if (!s || s->steady || s->members < 2 ||
	    count_runs(s->runs, words_of(fold->n_runs)) < 2)
		return xstrdup(f->use.pattern);
	*used = GENERAL_RUNS;
	return xstrdup(s->text);
}

static void generalize_by_runs(struct fold *fold)
{
	struct shape *shapes = NULL, *s, *next;
	struct folded *f = NULL, *next_f;

	HASH_ITER(hh, fold->by_path, f, next_f) {
		add_shape(&shapes, f, words_of(fold->n_runs));
	}
	regroup(fold, name_by_runs, shapes);
	HASH_ITER(hh, shapes, s, next) {
		HASH_DELETE(hh, shapes, s);
		free(s->text);
		free(s->runs);
		free(s);
	}
}

static int by_path(const void *a, const void *b)
{
	const struct path_use *x = a, *y = b;

	return strcmp(x->pattern, y->pattern);
}

static struct path_uses *unfold(struct fold *fold)
{
	struct path_uses *uses = xcalloc(1, sizeof(*uses));
	struct folded *f, *next;

	HASH_ITER(hh, fold->by_path, f, next) {
		HASH_DELETE(hh, fold->by_path, f);
		uses->at = xgrow(uses->at, uses->n, sizeof(*uses->at));
		uses->at[uses->n++] = f->use;
		free(f->runs);
		free(f);
	}
	array_sort(uses->at, uses->n, sizeof(*uses->at), by_path);
	uses->doubtful = fold->doubtful;
	uses->moves = fold->moves;
	uses->n_moves = fold->n_moves;
	return uses;
}

static void fold_facts(struct fold *fold, const struct trace *t, bool running)
{
	struct starts *starts = running ? starts_of(t) : NULL;

	for (size_t i = 0; i < t->paths.n; i++)
		if (!starts || !starts_from_outside(starts, t->paths.at[i]))
			fold_fact(fold, t, t->paths.at[i]);
	for (size_t i = 0; i < t->paths.n; i++)
		fold_missing(fold, t->paths.at[i]);
	starts_free(starts);
}

struct path_uses *paths_fold(const struct trace *t, unsigned int rules)
{
	struct fold fold = { .n_runs = t->n_runs };

	for (const struct trace *all = t->whole; all; all = all->whole)
		for (size_t i = 0; i < all->paths.n; i++) {
			const struct fact *fact = all->paths.at[i];

			if (!is_manager(all->images[fact->image]))
				fold_made(&fold, fact);
		}
	fold_facts(&fold, t, rules & PATHS_OF_RUNNING);
	fold_moves(&fold, &t->moves);
	find_templates(&fold);
	regroup(&fold, name_by_rules, &rules);
	free_templates(&fold);
	if (rules & GENERAL_RUNS)
		generalize_by_runs(&fold);
	return unfold(&fold);
}

const struct path_use *paths_find(const struct path_uses *uses,
				  const char *pattern)
{
	struct path_use key = { .pattern = (char *)pattern };

	return uses->n ? bsearch(&key, uses->at, uses->n, sizeof(key),
				 by_path) : NULL;
}

char *paths_lasting(const struct path_uses *uses, const char *pattern)
{
	char *at = pattern_literal(pattern), *up;
	const struct path_use *use = paths_find(uses, at);

	while (strcmp(at, "/") && use && use->made) {
		up = path_parent(at);
		free(at);
		at = up;
		use = paths_find(uses, at);
	}
	return at;
}

void paths_free(struct path_uses *uses)
{
	if (!uses)
		return;
	for (size_t i = 0; i < uses->n; i++)
		free(uses->at[i].pattern);
	for (size_t i = 0; i < uses->n_moves; i++)
		free_move(&uses->moves[i]);
	free(uses->moves);
	free(uses->at);
	free(uses);
}

void paths_explain(const struct path_uses *uses, FILE *out)
{
	for (size_t i = 0; i < uses->n; i++) {
		const struct path_use *u = &uses->at[i];
		char *access, *text;

		if (!u->access)
			continue;
		access = access_text(u->access);
		text = pattern_text(u->pattern);
		fprintf(out, "%s\t%zu\t", access, u->names);
		general_print(u->rules, out);
		fprintf(out, "%s\t%s\n", u->rules ? "" : "-", text);
		free(text);
		free(access);
	}
}
