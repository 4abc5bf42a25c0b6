/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "names.h"

static bool matches(const struct image *image, char **globs, size_t n)
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

static int by_starter(const void *a, const void *b)
{
	return detail_compare(*(const struct call *const *)a,
			      *(const struct call *const *)b);
}

/* The starts, sorted by the path of who started; the caller frees. */
static const struct call **sort_starts(const struct trace *t)
{
	const struct call **starts = xcalloc(t->starts.n + 1, sizeof(*starts));

	for (size_t i = 0; i < t->starts.n; i++)
		starts[i] = t->starts.at[i];
	if (t->starts.n)
		qsort(starts, t->starts.n, sizeof(*starts), by_starter);
	return starts;
}

/* The first of the sorted starts that is not before this path. */
static size_t first_start(const struct call **starts, size_t n,
			  const char *path)
{
	const struct call key = {
		.detail = (uint8_t *)path, .detail_size = strlen(path),
	};
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (detail_compare(starts[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Add what the images of a set started, and what those did, and so on: each
 * image is looked at once.
 */
static void follow(const struct trace *t, const struct call **starts,
		   bool *set)
{
	uint32_t *queue = xcalloc(t->n_images + 1, sizeof(*queue));
	size_t n = 0;

	for (size_t i = 0; i < t->n_images; i++)
		if (set[i])
			queue[n++] = i;
	for (size_t done = 0; done < n; done++) {
		const char *path = t->images[queue[done]]->path;
		size_t s = path ? first_start(starts, t->starts.n, path) :
			t->starts.n;

		for (; s < t->starts.n && is_started_by(starts[s], path); s++) {
			if (set[starts[s]->image])
				continue;
			set[starts[s]->image] = true;
			queue[n++] = starts[s]->image;
		}
	}
	free(queue);
}

/* A flag for each image; the caller frees. */
static bool *tree_set(const struct trace *t, const struct selection *s)
{
	bool *set = xcalloc(t->n_images, sizeof(*set));
	const struct call **starts;

	for (size_t i = 0; i < t->n_images; i++)
		set[i] = matches(t->images[i], s->trees, s->n_trees);
	if (s->n_trees) {
		starts = sort_starts(t);
		follow(t, starts, set);
		free(starts);
	}
	return set;
}

bool selection_is_empty(const struct selection *s)
{
	return !s->n_images && !s->n_trees;
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

/* An image by its path. */
struct named {
	const char *path;
	uint32_t image;
};

static int by_image_path(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (x->image > y->image) - (x->image < y->image);
}

/* The images that have a path, sorted by it; the caller frees. */
static struct named *name_images(const struct trace *t, size_t *n)
{
	struct named *named = xcalloc(t->n_images + 1, sizeof(*named));

	*n = 0;
	for (size_t i = 0; i < t->n_images; i++)
		if (t->images[i]->path)
			named[(*n)++] = (struct named){ t->images[i]->path, i };
	if (*n)
		qsort(named, *n, sizeof(*named), by_image_path);
	return named;
}

/* The first of the named that is not before this path. */
static size_t first_named(const struct named *named, size_t n,
			  const char *path)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(named[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Facts of a trace on their way to another. */
struct copying {
	struct trace *to;
	const struct trace *from;
	const int64_t *images;		/* new indexes, or NOT_SELECTED */
	const uint32_t *runs;
	struct named *named;
	size_t n_named;
	int64_t *started;		/* by image: a selected program that it
					   executed, by its new index */
};

/* The first image of that path, or NULL. */
static const struct named *image_by_path(const struct copying *c,
					 const char *path)
{
	size_t i = first_named(c->named, c->n_named, path);

	return i < c->n_named && !strcmp(c->named[i].path, path) ?
		&c->named[i] : NULL;
}

static bool is_execution(const struct call *fact)
{
	return fact->id.nr & NAME_EXECUTE && !fact->answer;
}

/* For each image the first selected program that it executed. */
static void find_started(struct copying *c)
{
	const struct trace *from = c->from;

	for (size_t i = 0; i < from->n_images; i++)
		c->started[i] = NOT_SELECTED;
	for (size_t i = 0; i < from->paths.n; i++) {
		const struct call *fact = from->paths.at[i];
		const struct named *named;
		char *path;

		if (!is_execution(fact) ||
		    c->started[fact->image] != NOT_SELECTED)
			continue;
		path = path_of_fact(fact);
		named = image_by_path(c, path);
		free(path);
		if (named)
			c->started[fact->image] = c->images[named->image];
	}
}

/*
 * An execve belongs to its caller, who may be left out. That the program and
 * its dynamic loader, which is no image, are executed is the program's need.
 */
static void copy_start(const struct copying *c, const struct call *fact)
{
	int64_t image = NOT_SELECTED;
	const struct named *named;
	char *path;

	if (c->images[fact->image] != NOT_SELECTED || !is_execution(fact))
		return;
	path = path_of_fact(fact);
	named = image_by_path(c, path);
	if (named)
		image = c->images[named->image];
	else if (!(fact->id.nr & NAME_GIVEN))
		image = c->started[fact->image];
	if (image != NOT_SELECTED)
		copy_fact(c->to, FACT_PATH, image, fact, c->runs);
	free(path);
}

static void copy_starts(struct trace *to, const struct trace *from,
			const int64_t *images, const uint32_t *runs)
{
	struct copying c = {
		.to = to, .from = from, .images = images, .runs = runs,
		.started = xcalloc(from->n_images + 1, sizeof(*c.started)),
	};

	c.named = name_images(from, &c.n_named);
	find_started(&c);
	for (size_t i = 0; i < from->paths.n; i++)
		copy_start(&c, from->paths.at[i]);
	free(c.named);
	free(c.started);
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
			     char *glob)
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

/*
 * The executions in each run that no start is noted of; the caller frees. The
 * first exec of a command has no image before it.
 */
static uint64_t *count_unnoted(const struct trace *t)
{
	uint64_t *execs = xcalloc(t->n_runs + 1, sizeof(*execs));

	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; k < t->images[i]->n_uses; k++)
			execs[t->images[i]->uses[k].run] +=
				t->images[i]->uses[k].execs;
	for (size_t i = 0; i < t->n_runs; i++)
		if (execs[i])
			execs[i] -= run_has_how(t->runs[i], "command");
	for (size_t i = 0; i < t->starts.n; i++)
		for (size_t k = 0; k < t->starts.at[i]->n_sightings; k++)
			execs[t->starts.at[i]->sightings[k].run] = 0;
	return execs;
}

static void add_text(char ***texts, size_t *n, char *text)
{
	if (!text)
		return;
	*texts = xrealloc(*texts, *n + 2, sizeof(**texts));
	(*texts)[(*n)++] = text;
	(*texts)[*n] = NULL;
}

static void add_unnoted(const struct trace *t, char ***texts, size_t *n)
{
	uint64_t *unnoted = count_unnoted(t);
	char id[RUN_ID_HEX];

	for (size_t i = 0; i < t->n_runs; i++)
		if (unnoted[i])
			add_text(texts, n, xasprintf("--tree: run %s: "
				"recorded by a version that did not note which "
				"executable started which: record it again, "
				"or use --image", run_id_hex(t->runs[i], id)));
	free(unnoted);
}

char **select_problems(const struct trace *t, const struct selection *s)
{
	char **texts = xcalloc(1, sizeof(*texts));
	size_t n = 0;

	for (size_t i = 0; i < s->n_images; i++)
		add_text(&texts, &n, pattern_problem(t, "--image",
						     s->images[i]));
	for (size_t i = 0; i < s->n_trees; i++)
		add_text(&texts, &n, pattern_problem(t, "--tree", s->trees[i]));
	if (s->n_trees)
		add_unnoted(t, &texts, &n);
	return texts;
}

/* Whether an image of the set is at the path that started something. */
static bool is_inside(const struct call *start, const struct named *named,
		      size_t n, const bool *set)
{
	char *path = path_of_fact(start);
	bool inside = false;

	for (size_t i = first_named(named, n, path);
	     i < n && !strcmp(named[i].path, path); i++)
		inside |= set[named[i].image];
	free(path);
	return inside;
}

/*
 * For each image the first start by one outside of the set, or NULL; the caller
 * frees.
 */
static const struct call **outside_starts(const struct trace *t,
					  const bool *set)
{
	const struct call **found = xcalloc(t->n_images + 1, sizeof(*found));
	size_t n;
	struct named *named = name_images(t, &n);

	for (size_t s = 0; s < t->starts.n; s++) {
		const struct call *start = t->starts.at[s];

		if (!found[start->image] && start->detail_size &&
		    !is_inside(start, named, n, set))
			found[start->image] = start;
	}
	free(named);
	return found;
}

char **select_notes(const struct trace *t, const struct selection *s)
{
	char **texts = xcalloc(1, sizeof(*texts));
	bool *set = tree_set(t, s);
	const struct call **outside = outside_starts(t, set);
	size_t n = 0;

	for (size_t i = 0; i < t->n_images; i++) {
		char *by = outside[i] && set[i] &&
			!matches(t->images[i], s->trees, s->n_trees) ?
			path_of_fact(outside[i]) : NULL;
		char *text = by ? xasprintf("--tree: %s was started by %s as "
				"well: what it did there is in the profile",
				image_name(t->images[i]), by) : NULL;

		add_text(&texts, &n, text ? text_printable(text) : NULL);
		free(text);
		free(by);
	}
	free(outside);
	free(set);
	return texts;
}

/* reach[a * n + b]: image a started image b, by way of any number of others. */
static bool *reachable(const struct trace *t)
{
	size_t n = t->n_images;
	bool *reach = xcalloc(n * n + 1, sizeof(*reach));
	const struct call **starts = sort_starts(t);

	for (size_t i = 0; i < n; i++) {
		reach[i * n + i] = true;
		follow(t, starts, reach + i * n);
	}
	free(starts);
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
