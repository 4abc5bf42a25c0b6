/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "names.h"
#include "stream/keep.h"

static bool matches_text(const char *text, const char **globs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!fnmatch(globs[i], text, 0))
			return true;
	return false;
}

static bool has_component(const char *path, const char *component)
{
	size_t n = strlen(component);

	for (const char *at = path; at; at = strchr(at, '/')) {
		at++;
		if (!strncmp(at, component, n) && (!at[n] || at[n] == '/'))
			return true;
	}
	return false;
}

/*
 * A pattern for everything below /usr must not match a name that begins with
 * /usr and leads elsewhere by "..". Nor must it match argv[0], which the
 * program chose.
 */
static bool is_trusted(const struct fact *name, const char *text)
{
	return name->id.nr == NAME_OPENED && *text == '/' &&
		!has_component(text, "") && !has_component(text, ".") &&
		!has_component(text, "..");
}

/* Whether the image was executed by a name that the pattern matches. */
static bool matches_name(const struct trace *t, uint32_t image,
			 const char **globs, size_t n)
{
	size_t n_names;
	struct fact *const *names = trace_names(t, image, &n_names);
	bool found = false;

	for (size_t i = 0; i < n_names && !found; i++) {
		char *name = path_of_fact(names[i]);

		found = is_trusted(names[i], name) &&
			matches_text(name, globs, n);
		free(name);
	}
	return found;
}

static bool matches(const struct trace *t, uint32_t image, const char **globs,
		    size_t n)
{
	const char *path = t->images[image]->path;

	return path && (matches_text(path, globs, n) ||
			matches_name(t, image, globs, n));
}

static bool excludes(const char *pattern)
{
	return *pattern == '!';
}

/*
 * If every pattern is an exclusion, all images that none excludes are selected.
 */
static bool is_selected(const struct trace *t, uint32_t image,
			const struct selection *s, bool in_tree)
{
	bool selected = in_tree, any = s->n_trees;

	for (size_t i = 0; i < s->n_images; i++) {
		const char *pattern = s->images[i];
		bool negative = excludes(pattern);
		const char *glob = pattern + negative;

		any |= !negative;
		if (!matches(t, image, &glob, 1))
			continue;
		if (negative)
			return false;
		selected = true;
	}
	return selected || !any;
}

/* Compares a path with the path of a fact, which has no NUL at its end. */
static int compare_path(const char *path, const struct fact *fact)
{
	return strncmp(path, (const char *)fact->detail, fact->detail_size) ?:
		path[fact->detail_size] != '\0';
}

static int by_detail(const void *a, const void *b)
{
	return detail_compare(*(struct fact *const *)a,
			      *(struct fact *const *)b);
}

/*
 * Returns the facts that show which program started which, sorted by the path
 * of the starting one. The caller frees the array.
 */
static struct fact **sort_starts(const struct trace *t)
{
	struct fact **starts = xcalloc(t->starts.n, sizeof(*starts));

	for (size_t i = 0; i < t->starts.n; i++)
		starts[i] = t->starts.at[i];
	qsort(starts, t->starts.n, sizeof(*starts), by_detail);
	return starts;
}

/*
 * Returns the first of the `n` sorted facts whose path is not smaller than this
 * one.
 */
static size_t first_of_path(struct fact *const *facts, size_t n,
			    const char *path)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (compare_path(path, facts[middle]) > 0)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/*
 * Adds the images that images of the set started, the images that those
 * started, and so on. Images of the same path have the same starts, so each
 * path is searched once.
 */
static void follow(const struct trace *t, bool *set)
{
	struct fact **starts = sort_starts(t);
	bool *done = xcalloc(t->starts.n, sizeof(*done));
	uint32_t *queue = xcalloc(t->n_images, sizeof(*queue));
	size_t n = 0;

	for (size_t i = 0; i < t->n_images; i++)
		if (set[i])
			queue[n++] = i;
	for (size_t i = 0; i < n; i++) {
		const char *path = t->images[queue[i]]->path;
		size_t at = path ? first_of_path(starts, t->starts.n, path) :
			t->starts.n;

		for (; at < t->starts.n && !done[at] &&
		       !compare_path(path, starts[at]); at++) {
			done[at] = true;
			if (!set[starts[at]->image])
				queue[n++] = starts[at]->image;
			set[starts[at]->image] = true;
		}
	}
	free(queue);
	free(done);
	free(starts);
}

/* Returns a flag for each image; the caller frees the array. */
static bool *tree_set(const struct trace *t, const struct selection *s)
{
	bool *set = xcalloc(t->n_images, sizeof(*set));

	for (size_t i = 0; i < t->n_images; i++)
		set[i] = matches(t, i, s->trees, s->n_trees);
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
#define NO_RUN UINT32_MAX	/* the new index of a run that is left out */

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
		      const struct fact *fact, const uint32_t *runs)
{
	struct fact key = *fact;

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

/* The images that have a path, sorted by path, then by number. */
struct path_index {
	const struct trace *trace;
	uint32_t *images;
	size_t n;
};

static int by_path(const void *a, const void *b, void *trace)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct trace *t = trace;

	return strcmp(t->images[x]->path, t->images[y]->path) ?:
		(x > y) - (x < y);
}

static void path_index_init(struct path_index *index, const struct trace *t)
{
	*index = (struct path_index){
		.trace = t, .images = xcalloc(t->n_images, sizeof(uint32_t)),
	};
	for (size_t i = 0; i < t->n_images; i++)
		if (t->images[i]->path)
			index->images[index->n++] = i;
	qsort_r(index->images, index->n, sizeof(uint32_t), by_path, (void *)t);
}

/*
 * Finds the first image with the path of the fact. Returns false if there is
 * none.
 */
static bool path_index_find(const struct path_index *index,
			    const struct fact *fact, size_t *at)
{
	struct image *const *images = index->trace->images;
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_path(images[index->images[middle]]->path, fact) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*at = low;
	return low < index->n &&
		!compare_path(images[index->images[low]]->path, fact);
}

static bool is_execution(const struct fact *fact)
{
	return fact->id.nr & NAME_EXECUTE && !fact->answer;
}

/*
 * Returns, for each image, the selected program that it executed first, or
 * NOT_SELECTED. The caller frees the array.
 */
static int64_t *first_programs(const struct path_index *index,
			       const int64_t *images)
{
	const struct trace *from = index->trace;
	int64_t *programs = xcalloc(from->n_images, sizeof(*programs));
	size_t at;

	for (size_t i = 0; i < from->n_images; i++)
		programs[i] = NOT_SELECTED;
	for (size_t i = 0; i < from->paths.n; i++) {
		const struct fact *fact = from->paths.at[i];

		if (programs[fact->image] == NOT_SELECTED &&
		    is_execution(fact) && path_index_find(index, fact, &at))
			programs[fact->image] = images[index->images[at]];
	}
	return programs;
}

/*
 * An execve belongs to its caller, which may be left out. But a policy must
 * allow the execution of the selected program and of its dynamic loader, which
 * is not an image.
 */
static void copy_starts(struct trace *to, const struct trace *from,
			const int64_t *images, const uint32_t *runs)
{
	struct path_index index;
	int64_t *programs;

	path_index_init(&index, from);
	programs = first_programs(&index, images);
	for (size_t i = 0; i < from->paths.n; i++) {
		const struct fact *fact = from->paths.at[i];
		int64_t image = NOT_SELECTED;
		size_t at;

		if (images[fact->image] != NOT_SELECTED || !is_execution(fact))
			continue;
		if (path_index_find(&index, fact, &at))
			image = images[index.images[at]];
		else if (!(fact->id.nr & NAME_GIVEN))
			image = programs[fact->image];
		if (image != NOT_SELECTED)
			copy_fact(to, FACT_PATH, image, fact, runs);
	}
	free(programs);
	free(index.images);
}

/* Copies the `wanted` images and their facts in runs that have a new index. */
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
	to->keep = from->keep;
	to->whole = from;
	return to;
}

struct trace *select_images(struct trace *from, const struct selection *s)
{
	struct trace *to = trace_new();
	uint32_t *runs = xcalloc(from->n_runs, sizeof(*runs));
	bool *wanted = tree_set(from, s);

	for (size_t i = 0; i < from->n_images; i++)
		wanted[i] = is_selected(from, i, s, wanted[i]);
	for (size_t i = 0; i < from->n_runs; i++)
		runs[i] = trace_add_run(to, from->runs[i]);
	copy_trace(from, wanted, runs, to);
	free(wanted);
	free(runs);
	return to;
}

struct trace *select_facts(struct trace *from,
			   bool (*keeps)(void *arg, enum fact_kind kind,
					 const struct fact *fact), void *arg)
{
	struct trace *to = trace_new();
	uint32_t *runs = xcalloc(from->n_runs, sizeof(*runs));

	for (size_t i = 0; i < from->n_runs; i++)
		runs[i] = trace_add_run(to, from->runs[i]);
	for (size_t i = 0; i < from->n_images; i++) {
		const struct image *image = from->images[i];

		copy_uses(to, trace_add_image(to, image->path, image->build_id,
					      image->build_id_size),
			  image, runs);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < from->facts[kind].n; i++) {
			const struct fact *fact = from->facts[kind].at[i];

			if (keeps(arg, kind, fact))
				copy_fact(to, kind, fact->image, fact, runs);
		}
	free(runs);
	to->keep = from->keep;
	to->whole = from;
	return to;
}

/* Phases */

/* The first and last run of a recording's phases; NULL if a mark is missing. */
struct phases {
	const struct run *first, *end;
};

static int by_whole(const void *a, const void *b, void *trace)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	struct run *const *runs = ((const struct trace *)trace)->runs;

	return (runs[x]->is_part > runs[y]->is_part) -
		(runs[x]->is_part < runs[y]->is_part) ?:
		memcmp(runs[x]->whole, runs[y]->whole, RUN_ID_SIZE) ?:
		(x > y) - (x < y);
}

/* Returns the first of the `n` runs that began at the mark, or NULL. */
static const struct run *marked(const struct trace *t, const uint32_t *runs,
				size_t n, const char *mark)
{
	for (size_t i = 0; mark && i < n; i++) {
		const struct run *run = t->runs[runs[i]];

		if (run->is_part && run->mark && !strcmp(run->mark, mark))
			return run;
	}
	return NULL;
}

/*
 * Finds, for each run, the first and the last phase to keep of its recording.
 */
static struct phases *find_marks(const struct trace *t, const char *from,
				 const char *until)
{
	struct phases *phases = xcalloc(t->n_runs, sizeof(*phases));
	uint32_t *order = xcalloc(t->n_runs, sizeof(*order));

	for (size_t i = 0; i < t->n_runs; i++)
		order[i] = i;
	qsort_r(order, t->n_runs, sizeof(*order), by_whole, (void *)t);
	for (size_t i = 0, end; i < t->n_runs; i = end) {
		struct phases found;

		for (end = i + 1; end < t->n_runs; end++)
			if (!run_same_whole(t->runs[order[i]],
					    t->runs[order[end]]))
				break;
		found.first = marked(t, order + i, end - i, from);
		found.end = marked(t, order + i, end - i, until);
		for (size_t k = i; k < end; k++)
			phases[order[k]] = found;
	}
	free(order);
	return phases;
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

/* Finds the runs within the phases. Returns false if it set `problem`. */
static bool find_phases(const struct trace *t, const char *from,
			const char *until, bool *within, char **problem)
{
	struct phases *phases = find_marks(t, from, until);

	for (size_t i = 0; i < t->n_runs && !*problem; i++) {
		const struct run *run = t->runs[i], *first = phases[i].first;
		const struct run *end = phases[i].end;

		if ((from && !first) || (until && !end))
			*problem = mark_problem(t, run, from && !first ? from :
						until);
		within[i] = (!first || run->part >= first->part) &&
			(!end || run->part < end->part);
	}
	free(phases);
	return !*problem;
}

static bool has_any(const bool *within, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (within[i])
			return true;
	return false;
}

/*
 * Returns a flag for each image: whether it took part in at least one of the
 * runs.
 */
static bool *images_within(const struct trace *t, const bool *within)
{
	bool *used = xcalloc(t->n_images, sizeof(*used));

	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; k < t->images[i]->n_uses; k++)
			used[i] |= within[t->images[i]->uses[k].run];
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++) {
			const struct fact *fact = t->facts[kind].at[i];

			for (size_t k = 0; k < fact->n_sightings; k++)
				used[fact->image] |=
					within[fact->sightings[k].run];
		}
	return used;
}

struct trace *select_within(struct trace *all, const bool *within)
{
	struct trace *to = trace_new();
	bool *used = images_within(all, within);
	uint32_t *runs = xcalloc(all->n_runs, sizeof(*runs));

	for (size_t i = 0; i < all->n_runs; i++)
		runs[i] = within[i] ? trace_add_run(to, all->runs[i]) : NO_RUN;
	copy_trace(all, used, runs, to);
	free(runs);
	free(used);
	return to;
}

bool select_phases(struct trace **t, const char *from, const char *until,
		   char **problem)
{
	struct trace *all = *t;
	bool *within = xcalloc(all->n_runs, sizeof(*within));

	*problem = all->keep ? keep_refusal(all, "a phase") : NULL;
	if (!*problem && find_phases(all, from, until, within, problem) &&
	    !has_any(within, all->n_runs))
		*problem = xasprintf("no phase is after '%s' and before '%s'",
				     from ? from : "the start",
				     until ? until : "the end");
	if (!*problem)
		*t = select_within(all, within);
	free(within);
	return !*problem;
}

/* Handles runs of --split. */

static size_t distinct_calls(const struct trace *t)
{
	size_t n;

	free(trace_totals(t, NULL, NULL, &n));
	return n;
}

bool select_without_harness(struct trace **t, char **note)
{
	struct trace *all = *t;
	bool *within = xcalloc(all->n_runs, sizeof(*within));
	size_t n = 0, calls;

	*note = NULL;
	for (size_t i = 0; i < all->n_runs; i++) {
		within[i] = !run_is_harness(all->runs[i]);
		n += within[i];
	}
	if (n && n < all->n_runs) {
		calls = distinct_calls(all);
		*t = select_within(all, within);
		calls -= distinct_calls(*t);
		*note = xasprintf("left out: the harness, which belongs to no "
				  "run of --split (%zu call%s that no run "
				  "makes; --harness adds it)", calls,
				  calls == 1 ? "" : "s");
	} else if (!n && all->n_runs) {
		*note = xstrdup("no run of --split began; use --harness to "
				"include the harness");
	}
	free(within);
	return n || !all->n_runs;
}

/*
 * The pattern is probably misspelt, so the message lists the names that exist.
 */
static char *pattern_problem(const struct trace *t, const char *option,
			     const char *pattern)
{
	const char *glob = pattern + (excludes(pattern) &&
				      !strcmp(option, "--image"));
	enum { NAMED = 8 };
	char *list = xstrdup(""), *problem;

	for (size_t i = 0; i < t->n_images; i++) {
		char *name, *longer;

		if (matches(t, i, &glob, 1)) {
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
 * Every image was started by another image, except for the command, which
 * sp-record started.
 */
bool *select_startless(const struct trace *t)
{
	uint64_t *execs = xcalloc(t->n_runs, sizeof(*execs));
	bool *startless = xcalloc(t->n_runs, sizeof(*startless));

	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; k < t->images[i]->n_uses; k++)
			execs[t->images[i]->uses[k].run] +=
				t->images[i]->uses[k].execs;
	for (size_t i = 0; i < t->n_runs; i++)
		startless[i] = execs[i] > run_has_how(t->runs[i], "command");
	for (size_t i = 0; i < t->starts.n; i++)
		for (size_t k = 0; k < t->starts.at[i]->n_sightings; k++)
			startless[t->starts.at[i]->sightings[k].run] = false;
	free(execs);
	return startless;
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
	bool *startless = select_startless(t);
	size_t n = 0;

	for (size_t i = 0; i < s->n_images; i++)
		add_text(&texts, &n, pattern_problem(t, "--image",
						     s->images[i]));
	for (size_t i = 0; i < s->n_trees; i++)
		add_text(&texts, &n, pattern_problem(t, "--tree", s->trees[i]));
	for (size_t i = 0; s->n_trees && i < t->n_runs; i++)
		if (startless[i])
			add_text(&texts, &n, xasprintf("--tree: run %s: "
				"recorded by a version that did not note which "
				"executable started which: record it again, "
				"or use --image", run_id_hex(t->runs[i], id)));
	free(startless);
	return texts;
}

/* Whether the set has an image with the path of the fact. */
static bool is_inside(const struct path_index *index, const bool *in_set,
		      const struct fact *start)
{
	size_t at;

	return path_index_find(index, start, &at) && in_set[at];
}

/* Marks the first image of each path that the set has. */
static bool *paths_in_set(const struct path_index *index, const bool *set)
{
	bool *in_set = xcalloc(index->n, sizeof(*in_set));
	size_t first = 0;

	for (size_t i = 0; i < index->n; i++) {
		const uint32_t *image = &index->images[i];

		if (strcmp(index->trace->images[index->images[first]]->path,
			   index->trace->images[*image]->path))
			first = i;
		in_set[first] |= set[*image];
	}
	return in_set;
}

/*
 * Returns, for each image of the set, the first fact that says that an image
 * outside the set started it, or NULL. The caller frees the array.
 */
static const struct fact **outside_starts(const struct trace *t,
					  const bool *set)
{
	const struct fact **outside = xcalloc(t->n_images, sizeof(*outside));
	struct path_index index;
	bool *in_set;

	path_index_init(&index, t);
	in_set = paths_in_set(&index, set);
	for (size_t i = 0; i < t->starts.n; i++) {
		const struct fact *start = t->starts.at[i];

		if (set[start->image] && !outside[start->image] &&
		    start->detail_size && !is_inside(&index, in_set, start))
			outside[start->image] = start;
	}
	free(in_set);
	free(index.images);
	return outside;
}

/*
 * Warns that a selection by name selects too much: the calls of an executable
 * are recorded together, whatever names it was executed by.
 */
static void note_names(const struct trace *t, const char *option,
		       const char *pattern, char ***texts, size_t *n)
{
	for (size_t i = 0; i < t->n_images; i++) {
		const char *path = t->images[i]->path;
		char *text;

		if (!path || excludes(pattern) ||
		    matches_text(path, &pattern, 1) ||
		    !matches_name(t, i, &pattern, 1))
			continue;
		text = xasprintf("%s: '%s' selects %s, also the calls that it "
				 "made when it was executed by other names",
				 option, pattern, path);
		add_text(texts, n, text_printable(text));
		free(text);
	}
}

char **select_notes(const struct trace *t, const struct selection *s)
{
	char **texts = xcalloc(1, sizeof(*texts));
	bool *set = tree_set(t, s);
	const struct fact **outside = outside_starts(t, set);
	size_t n = 0;

	for (size_t i = 0; i < s->n_images; i++)
		note_names(t, "--image", s->images[i], &texts, &n);
	for (size_t i = 0; i < s->n_trees; i++)
		note_names(t, "--tree", s->trees[i], &texts, &n);
	for (size_t i = 0; i < t->n_images; i++) {
		char *by = outside[i] && !matches(t, i, s->trees, s->n_trees) ?
			path_of_fact(outside[i]) : NULL;
		char *text = by ? xasprintf("--tree: %s was also started by "
				"%s: its calls there are in the profile, too",
				image_name(t->images[i]), by) : NULL;

		add_text(&texts, &n, text ? text_printable(text) : NULL);
		free(text);
		free(by);
	}
	free(outside);
	free(set);
	return texts;
}

/* reach[a * n + b]: image a started image b, directly or through others. */
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

/*
 * Whether the image started all others, as the shell of a test does, or has no
 * path.
 */
static bool is_common(const struct trace *t, const bool *reach, size_t i)
{
	size_t n = t->n_images;

	if (!t->images[i]->path)
		return true;
	for (size_t j = 0; j < n; j++)
		if (!reach[i * n + j] && t->images[j]->path)
			return false;
	return true;
}

/*
 * Whether only common images started it. Among images that started each other,
 * the first one of the trace represents all.
 */
static bool is_origin(const struct trace *t, const bool *reach, size_t i)
{
	size_t n = t->n_images;

	for (size_t j = 0; j < n; j++)
		if (j != i && reach[j * n + i] && !is_common(t, reach, j) &&
		    (!reach[i * n + j] || j < i))
			return false;
	return !is_common(t, reach, i);
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
	/* more images than this are probably a build, which nobody confines */
	enum { IMAGES_MAX = 100 };
	const char **paths = xcalloc(t->n_images + 1, sizeof(*paths));
	bool *reach;
	size_t n = 0;

	if (!t->starts.n || t->n_images > IMAGES_MAX)
		return paths;
	reach = reachable(t);
	for (size_t i = 0; i < t->n_images; i++)
		if (is_origin(t, reach, i) &&
		    !has_path(paths, n, t->images[i]->path))
			paths[n++] = t->images[i]->path;
	if (n < 2)
		paths[0] = NULL;
	free(reach);
	return paths;
}
