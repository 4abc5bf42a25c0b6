/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "names.h"

static bool matches(const struct image *image, const char **globs, size_t n)
{
	for (size_t i = 0; image->path && i < n; i++)
		if (!fnmatch(globs[i], image->path, 0))
			return true;
	return false;
}

/* Whether a task of the image at `path` executed the image of the start. */
static bool is_started_by(const struct call *start, const char *path)
{
	return path && strlen(path) == start->detail_size &&
	       !memcmp(path, start->detail, start->detail_size);
}

/* Add what the images of a set started, and what those did, and so on. */
static void follow(const struct trace *t, bool *set)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < t->n_images; i++)
			for (size_t s = 0; set[i] && s < t->starts.n; s++) {
				const struct call *start = t->starts.at[s];

				if (set[start->image] ||
				    !is_started_by(start, t->images[i]->path))
					continue;
				set[start->image] = more = true;
			}
	}
}

/* A flag for each image; the caller frees. */
static bool *tree_set(const struct trace *t, const struct selection *s)
{
	bool *set = xcalloc(t->n_images, sizeof(*set));

	for (size_t i = 0; i < t->n_images; i++)
		set[i] = matches(t->images[i], s->trees, s->n_trees);
	follow(t, set);
	return set;
}

bool selection_is_empty(const struct selection *s)
{
	return !s->n_images && !s->n_trees;
}

void selection_free(struct selection *s)
{
	free(s->images);
	free(s->trees);
}

static char *add_pattern(const char ***patterns, size_t *n, const char *pattern)
{
	*patterns = xgrow(*patterns, *n, sizeof(**patterns));
	(*patterns)[(*n)++] = pattern;
	return NULL;
}

char *selection_option_image(const struct option_row *row, void *to,
			     const char *pattern)
{
	struct selection *s = (void *)((char *)to + row->at);

	return add_pattern(&s->images, &s->n_images, pattern);
}

char *selection_option_tree(const struct option_row *row, void *to,
			    const char *pattern)
{
	struct selection *s = (void *)((char *)to + row->at);

	return add_pattern(&s->trees, &s->n_trees, pattern);
}

enum { NOT_SELECTED = -1 };
#define NO_RUN UINT32_MAX	/* in place of a run's new index */

static void copy_uses(struct trace *to, uint32_t index,
		      const struct image *image, const uint32_t *runs)
{
	for (size_t i = 0; i < image->n_uses; i++) {
		struct image_use use = image->uses[i];

		use.run = runs[use.run];
		if (use.run != NO_RUN)
			trace_add_use(to, index, &use);
	}
}

static void copy_fact(struct trace *to, enum fact_kind kind, uint32_t image,
		      const struct call *fact, const uint32_t *runs)
{
	struct call key = *fact;

	key.image = image;
	for (size_t i = 0; i < fact->n_sightings; i++) {
		struct sighting s = fact->sightings[i];

		s.run = runs[s.run];
		if (s.run != NO_RUN)
			trace_add_fact(to, kind, &key, &s);
	}
}

static void copy_facts(struct trace *to, enum fact_kind kind,
		       const struct facts *facts, const int64_t *images,
		       const uint32_t *runs)
{
	for (size_t i = 0; i < facts->n; i++) {
		int64_t image = images[facts->at[i]->image];

		if (image != NOT_SELECTED)
			copy_fact(to, kind, image, facts->at[i], runs);
	}
}

/* The first image of that path, or t->n_images. */
static size_t image_by_path(const struct trace *t, const char *path)
{
	size_t i = 0;

	while (i < t->n_images && (!t->images[i]->path ||
				   strcmp(t->images[i]->path, path)))
		i++;
	return i;
}

static bool is_execution(const struct call *fact)
{
	return fact->id.nr & NAME_EXECUTE && !fact->answer;
}

/* The selected program that this image executed, or NOT_SELECTED. */
static int64_t started_by(const struct trace *from, const int64_t *images,
			  uint32_t caller)
{
	for (size_t i = 0; i < from->paths.n; i++) {
		const struct call *fact = from->paths.at[i];
		char *path;
		size_t at;

		if (fact->image != caller || !is_execution(fact))
			continue;
		path = path_of_fact(fact);
		at = image_by_path(from, path);
		free(path);
		if (at < from->n_images && images[at] != NOT_SELECTED)
			return images[at];
	}
	return NOT_SELECTED;
}

/*
 * An execve belongs to its caller, who may be left out. That the program and
 * its dynamic loader, which is no image, are executed is the program's need.
 */
static void copy_starts(struct trace *to, const struct trace *from,
			const int64_t *images, const uint32_t *runs)
{
	for (size_t i = 0; i < from->paths.n; i++) {
		const struct call *fact = from->paths.at[i];
		int64_t image = NOT_SELECTED;
		char *path;
		size_t at;

		if (images[fact->image] != NOT_SELECTED || !is_execution(fact))
			continue;
		path = path_of_fact(fact);
		at = image_by_path(from, path);
		if (at < from->n_images)
			image = images[at];
		else if (!(fact->id.nr & NAME_GIVEN))
			image = started_by(from, images, fact->image);
		if (image != NOT_SELECTED)
			copy_fact(to, FACT_PATH, image, fact, runs);
		free(path);
	}
}

/* The images for which `wanted`, in runs that have a new index. */
static struct trace *copy_trace(struct trace *from, const bool *wanted,
				const uint32_t *runs, struct trace *to)
{
	int64_t *images = xcalloc(from->n_images, sizeof(*images));

	for (size_t i = 0; i < from->n_images; i++) {
		const struct image *image = from->images[i];

		images[i] = NOT_SELECTED;
		if (!wanted[i])
			continue;
		images[i] = trace_add_image(to, image->path, image->build_id,
					    image->build_id_size);
		copy_uses(to, images[i], image, runs);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		copy_facts(to, kind, &from->facts[kind], images, runs);
	copy_starts(to, from, images, runs);
	free(images);
	to->whole = from;
	return to;
}

struct trace *select_images(struct trace *from, const struct selection *s)
{
	struct trace *to = trace_new();
	uint32_t *runs = xcalloc(from->n_runs, sizeof(*runs));
	bool *wanted = tree_set(from, s);

	for (size_t i = 0; i < from->n_images; i++)
		wanted[i] |= matches(from->images[i], s->images, s->n_images);
	for (size_t i = 0; i < from->n_runs; i++)
		runs[i] = trace_add_run(to, from->runs[i]);
	copy_trace(from, wanted, runs, to);
	free(wanted);
	free(runs);
	return to;
}

/* Phases */

/* The part of the same recording that the mark began, or NULL. */
static const struct run *marked(const struct trace *t, const struct run *run,
				const char *mark)
{
	for (size_t i = 0; i < t->n_runs; i++)
		if (run_same_whole(t->runs[i], run) && t->runs[i]->mark &&
		    !strcmp(t->runs[i]->mark, mark))
			return t->runs[i];
	return NULL;
}

static char *mark_problem(const struct trace *t, const struct run *run,
			  const char *mark)
{
	char *name = text_printable(run->name), *list = NULL, *problem;

	for (size_t i = 0; i < t->n_runs; i++) {
		char *one;

		if (!run_same_whole(t->runs[i], run) || !t->runs[i]->mark)
			continue;
		one = text_printable(t->runs[i]->mark);
		text_append(&list, ", ", one);
		free(one);
	}
	problem = run->is_part ?
		xasprintf("run %s has no mark '%s'; it has %s", name, mark,
			  list ? list : "none: it never came") :
		xasprintf("run %s was recorded without --mark, so it has no "
			  "mark '%s'", name, mark);
	free(list);
	free(name);
	return problem;
}

/* Which runs are within the phases; false: the problem is set. */
static bool find_phases(const struct trace *t, const char *from,
			const char *until, bool *within, char **problem)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		const struct run *run = t->runs[i];
		const struct run *first = from ? marked(t, run, from) : NULL;
		const struct run *end = until ? marked(t, run, until) : NULL;

		if ((from && !first) || (until && !end)) {
			*problem = mark_problem(t, run, from && !first ? from :
						until);
			return false;
		}
		within[i] = (!first || run->part >= first->part) &&
			(!end || run->part < end->part);
	}
	return true;
}

static bool has_any(const bool *within, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (within[i])
			return true;
	return false;
}

/* Images that were in one of the runs. */
static bool *images_within(const struct trace *t, const bool *within)
{
	bool *used = xcalloc(t->n_images, sizeof(*used));

	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; k < t->images[i]->n_uses; k++)
			used[i] |= within[t->images[i]->uses[k].run];
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++) {
			const struct call *fact = t->facts[kind].at[i];

			for (size_t k = 0; k < fact->n_sightings; k++)
				used[fact->image] |=
					within[fact->sightings[k].run];
		}
	return used;
}

bool select_phases(struct trace **t, const char *from, const char *until,
		   char **problem)
{
	struct trace *all = *t;
	bool *within = xcalloc(all->n_runs, sizeof(*within)), *used;
	uint32_t *runs = xcalloc(all->n_runs, sizeof(*runs));

	*problem = NULL;
	if (find_phases(all, from, until, within, problem) &&
	    !has_any(within, all->n_runs))
		*problem = xasprintf("no phase is after '%s' and before '%s'",
				     from ? from : "the start",
				     until ? until : "the end");
	if (!*problem) {
		*t = trace_new();
		for (size_t i = 0; i < all->n_runs; i++)
			runs[i] = within[i] ?
				trace_add_run(*t, all->runs[i]) : NO_RUN;
		used = images_within(all, within);
		copy_trace(all, used, runs, *t);
		free(used);
	}
	free(runs);
	free(within);
	return !*problem;
}

/* That is a slip: say what there is. */
static char *pattern_problem(const struct trace *t, const char *option,
			     const char *glob)
{
	enum { NAMED = 8 };
	char *list = xstrdup(""), *problem;

	for (size_t i = 0; i < t->n_images; i++) {
		char *name, *longer;

		if (matches(t->images[i], &glob, 1)) {
			free(list);
			return NULL;
		}
		if (i >= NAMED)
			continue;
		name = text_printable(image_name(t->images[i]));
		longer = xasprintf("%s %s", list, name);
		free(name);
		free(list);
		list = longer;
	}
	problem = xasprintf("%s: nothing matches '%s'; the recording has:%s%s",
			    option, glob, list, t->n_images > NAMED ? " ..." : "");
	free(list);
	return problem;
}

static bool run_has_start(const struct trace *t, uint32_t run)
{
	for (size_t i = 0; i < t->starts.n; i++)
		for (size_t k = 0; k < t->starts.at[i]->n_sightings; k++)
			if (t->starts.at[i]->sightings[k].run == run)
				return true;
	return false;
}

static uint64_t run_execs(const struct trace *t, uint32_t run)
{
	uint64_t execs = 0;

	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; k < t->images[i]->n_uses; k++)
			if (t->images[i]->uses[k].run == run)
				execs += t->images[i]->uses[k].execs;
	return execs;
}

/* The first exec of a command has no image before it. */
static bool lacks_starts(const struct trace *t, uint32_t run)
{
	return run_execs(t, run) > run_has_how(t->runs[run], "command") &&
	       !run_has_start(t, run);
}

static void add_text(char ***texts, size_t *n, char *text)
{
	if (!text)
		return;
	*texts = xrealloc(*texts, *n + 2, sizeof(**texts));
	(*texts)[(*n)++] = text;
	(*texts)[*n] = NULL;
}

char **select_problems(const struct trace *t, const struct selection *s)
{
	char **texts = xcalloc(1, sizeof(*texts)), id[RUN_ID_HEX];
	size_t n = 0;

	for (size_t i = 0; i < s->n_images; i++)
		add_text(&texts, &n, pattern_problem(t, "--image",
						     s->images[i]));
	for (size_t i = 0; i < s->n_trees; i++)
		add_text(&texts, &n, pattern_problem(t, "--tree", s->trees[i]));
	for (size_t i = 0; s->n_trees && i < t->n_runs; i++)
		if (lacks_starts(t, i))
			add_text(&texts, &n, xasprintf("--tree: run %s: "
				"recorded by a version that did not note which "
				"executable started which: record it again, "
				"or use --image", run_id_hex(t->runs[i], id)));
	return texts;
}

/* The path of an image outside of the set that started the one at `image`. */
static char *outside_starter(const struct trace *t, const bool *set,
			     uint32_t image)
{
	for (size_t s = 0; s < t->starts.n; s++) {
		const struct call *start = t->starts.at[s];
		bool inside = false;

		if (start->image != image || !start->detail_size)
			continue;
		for (size_t i = 0; i < t->n_images; i++)
			inside |= set[i] &&
				is_started_by(start, t->images[i]->path);
		if (!inside)
			return path_of_fact(start);
	}
	return NULL;
}

char **select_notes(const struct trace *t, const struct selection *s)
{
	char **texts = xcalloc(1, sizeof(*texts));
	bool *set = tree_set(t, s);
	size_t n = 0;

	for (size_t i = 0; i < t->n_images; i++) {
		char *by = set[i] && !matches(t->images[i], s->trees,
					      s->n_trees) ?
			outside_starter(t, set, i) : NULL;
		char *text = by ? xasprintf("--tree: %s was started by %s as "
				"well: what it did there is in the profile",
				image_name(t->images[i]), by) : NULL;

		add_text(&texts, &n, text ? text_printable(text) : NULL);
		free(text);
		free(by);
	}
	free(set);
	return texts;
}

/* reach[a * n + b]: image a started image b, by way of any number of others. */
static bool *reachable(const struct trace *t)
{
	size_t n = t->n_images;
	bool *reach = xcalloc(n * n + 1, sizeof(*reach));

	for (size_t i = 0; i < n; i++) {
		reach[i * n + i] = true;
		follow(t, reach + i * n);
	}
	return reach;
}

static bool is_unrelated(const struct trace *t, const bool *reach, size_t i)
{
	size_t n = t->n_images;

	for (size_t j = 0; j < n; j++)
		if (!reach[i * n + j] && !reach[j * n + i] &&
		    t->images[j]->path &&
		    strcmp(t->images[i]->path, t->images[j]->path))
			return true;
	return false;
}

static bool has_path(const char **paths, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

const char **select_unrelated(const struct trace *t)
{
	enum { IMAGES_MAX = 100 };	/* a build's, which nobody confines */
	const char **paths = xcalloc(t->n_images + 1, sizeof(*paths));
	bool *reach;
	size_t n = 0;

	if (!t->starts.n || t->n_images > IMAGES_MAX)
		return paths;
	reach = reachable(t);
	for (size_t i = 0; i < t->n_images; i++)
		if (t->images[i]->path && is_unrelated(t, reach, i) &&
		    !has_path(paths, n, t->images[i]->path))
			paths[n++] = t->images[i]->path;
	free(reach);
	return paths;
}
