/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stream/fact-shape.h"
#include "stream/stack.h"

/* xcalloc() returns only with memory. */
#define uthash_malloc(size) xcalloc(1, size)
#define uthash_fatal(message) __builtin_unreachable()
#include <uthash.h>

/* The hash-table entry of a trace's element. The bytes of the key follow it. */
struct entry {
	UT_hash_handle hh;
	uint32_t index;
	char key[];
};

struct trace_index {
	struct entry *runs;	/* by id */
	/* key: whether there is a path, build-id size, build-id, path */
	struct entry *images;
	struct entry *facts[FACT_KINDS];	/* key: struct fact_key */
	/*
	 * the names by image, in canonical order; n is 0 until they are needed
	 */
	struct facts names;
};

/* The key of a fact; `detail` has as many bytes as the fact's. */
struct fact_key {
	uint32_t image;
	struct call_id id;
	int32_t answer;
	uint8_t detail[DETAIL_MAX];
};

/* Fill in the key of a fact; returns its size in bytes. */
static size_t key_of(const struct fact *fact, struct fact_key *key)
{
	key->image = fact->image;
	key->id = fact->id;
	key->answer = fact->answer;
	if (fact->detail_size)
		memcpy(key->detail, fact->detail, fact->detail_size);
	return offsetof(struct fact_key, detail) + fact->detail_size;
}

/*
 * Finds the index of `key`. If the key is new, the caller must append the
 * element at index `next`.
 */
static uint32_t lookup(struct entry **table, const void *key, size_t size,
		       uint32_t next, bool *is_new)
{
	struct entry *e;

	HASH_FIND(hh, *table, key, size, e);
	*is_new = !e;
	if (e)
		return e->index;
	e = xcalloc(1, sizeof(*e) + size);
	e->index = next;
	memcpy(e->key, key, size);
	HASH_ADD_KEYPTR(hh, *table, e->key, size, e);
	return next;
}

static void clear(struct entry **table)
{
	struct entry *e, *next;

	HASH_ITER(hh, *table, e, next) {
		HASH_DELETE(hh, *table, e);
		free(e);
	}
}

struct trace *trace_new(void)
{
	struct trace *t = xcalloc(1, sizeof(*t));

	t->index = xcalloc(1, sizeof(*t->index));
	return t;
}

static void free_image(struct image *image)
{
	free(image->path);
	free(image->uses);
	free(image);
}

static void free_fact(struct fact *fact)
{
	free(fact->detail);
	free(fact->sightings);
	free(fact);
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_runs; i++) {
		run_free(t->runs[i]);
		free(t->runs[i]);
	}
	for (size_t i = 0; i < t->n_images; i++)
		free_image(t->images[i]);
	for (int kind = 0; kind < FACT_KINDS; kind++) {
		for (size_t i = 0; i < t->facts[kind].n; i++)
			free_fact(t->facts[kind].at[i]);
		clear(&t->index->facts[kind]);
		free(t->facts[kind].at);
	}
	clear(&t->index->runs);
	clear(&t->index->images);
	free(t->index->names.at);
	trace_free(t->whole);
	free(t->index);
	free(t->runs);
	free(t->images);
	free(t);
}

uint32_t trace_add_run(struct trace *t, struct run *run)
{
	bool is_new;
	uint32_t i = lookup(&t->index->runs, run->id, RUN_ID_SIZE, t->n_runs,
			    &is_new);

	if (is_new) {
		t->runs = xgrow(t->runs, t->n_runs, sizeof(*t->runs));
		t->runs[t->n_runs++] = xmemdup(run, sizeof(*run));
		memset(run, 0, sizeof(*run));
	} else {
		run_join(t->runs[i], run);
		run_free(run);
	}
	return i;
}

static struct image *new_image(const char *path, const uint8_t *build_id,
			       size_t build_id_size)
{
	struct image *image = xcalloc(1, sizeof(*image));

	image->path = path ? xstrdup(path) : NULL;
	image->build_id_size = build_id_size;
	if (build_id_size)
		memcpy(image->build_id, build_id, build_id_size);
	return image;
}

uint32_t trace_add_image(struct trace *t, const char *path,
			 const uint8_t *build_id, size_t build_id_size)
{
	size_t size = 2 + build_id_size + (path ? strlen(path) : 0);
	char *key = xcalloc(size, 1);
	bool is_new;
	uint32_t i;

	key[0] = path != NULL;
	key[1] = build_id_size;
	if (build_id_size)
		memcpy(key + 2, build_id, build_id_size);
	if (path)
		memcpy(key + 2 + build_id_size, path, strlen(path));
	i = lookup(&t->index->images, key, size, t->n_images, &is_new);
	free(key);
	if (is_new) {
		t->images = xgrow(t->images, t->n_images, sizeof(*t->images));
		t->images[t->n_images++] = new_image(path, build_id,
						     build_id_size);
	}
	return i;
}

/*
 * Returns the element of `run` in an array that is sorted by run. Each element
 * begins with the run's index. A missing element is inserted, with zeros.
 */
static void *by_run(void *array, size_t *n, size_t size, uint32_t run)
{
	char **base = array;
	size_t low = 0, high = *n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t at = *(uint32_t *)(*base + middle * size);

		if (at == run)
			return *base + middle * size;
		if (at < run)
			low = middle + 1;
		else
			high = middle;
	}
	*base = xgrow(*base, *n, size);
	memmove(*base + (low + 1) * size, *base + low * size,
		((*n)++ - low) * size);
	memset(*base + low * size, 0, size);
	*(uint32_t *)(*base + low * size) = run;
	return *base + low * size;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void trace_add_use(struct trace *t, uint32_t image, const struct image_use *use)
{
	struct image *i = t->images[image];
	struct image_use *u = by_run(&i->uses, &i->n_uses, sizeof(*u),
				     use->run);

	u->execs = greater(u->execs, use->execs);
	u->tasks = greater(u->tasks, use->tasks);
}

static struct sighting *find_sighting(struct trace *t, enum fact_kind kind,
				      const struct fact *key, uint32_t run)
{
	struct facts *facts = &t->facts[kind];
	struct fact_key k;
	bool is_new;
	uint32_t i = lookup(&t->index->facts[kind], &k, key_of(key, &k),
			    facts->n, &is_new);
	struct fact *fact;

	if (is_new) {
		fact = xcalloc(1, sizeof(*fact));
		fact->image = key->image;
		fact->id = key->id;
		fact->answer = key->answer;
		fact->detail_size = key->detail_size;
		/* the copy is not NULL, even if it is empty */
		if (fact_shapes[kind].read_detail)
			fact->detail = xmemdup(key->detail, key->detail_size);
		facts->at = xgrow(facts->at, facts->n, sizeof(*facts->at));
		facts->at[facts->n++] = fact;
	}
	fact = facts->at[i];
	return by_run(&fact->sightings, &fact->n_sightings,
		      sizeof(*fact->sightings), run);
}

void trace_add_fact(struct trace *t, enum fact_kind kind,
		    const struct fact *key, const struct sighting *sighting)
{
	struct sighting *s = find_sighting(t, kind, key, sighting->run);

	s->count = greater(s->count, sighting->count);
	s->first_ns = greater(s->first_ns, sighting->first_ns);
	s->flags |= sighting->flags;
}

void trace_sum_use(struct trace *t, uint32_t image, const struct image_use *use)
{
	struct image *i = t->images[image];
	struct image_use *u = by_run(&i->uses, &i->n_uses, sizeof(*u),
				     use->run);

	u->execs += use->execs;
	u->tasks += use->tasks;
}

void trace_sum_fact(struct trace *t, enum fact_kind kind,
		    const struct fact *key, const struct sighting *sighting)
{
	struct sighting *s = find_sighting(t, kind, key, sighting->run);

	if (!s->count || sighting->first_ns < s->first_ns)
		s->first_ns = sighting->first_ns;
	s->count += sighting->count;
	s->flags |= sighting->flags;
}

/* The canonical order. */

static int compare_runs(const void *a, const void *b, void *arg)
{
	struct run **runs = arg;

	return memcmp(runs[*(const uint32_t *)a]->id,
		      runs[*(const uint32_t *)b]->id, RUN_ID_SIZE);
}

static int compare_build_ids(const struct image *a, const struct image *b)
{
	size_t n = a->build_id_size < b->build_id_size ?
		a->build_id_size : b->build_id_size;
	int order = memcmp(a->build_id, b->build_id, n);

	return order ? order :
		(a->build_id_size > b->build_id_size) -
		(a->build_id_size < b->build_id_size);
}

int image_compare(const struct image *a, const struct image *b)
{
	int order;

	if (!a->path || !b->path)
		order = (a->path != NULL) - (b->path != NULL);
	else
		order = strcmp(a->path, b->path);
	return order ? order : compare_build_ids(a, b);
}

static int compare_images(const void *a, const void *b, void *arg)
{
	struct image **images = arg;

	return image_compare(images[*(const uint32_t *)a],
			     images[*(const uint32_t *)b]);
}

int detail_compare(const struct fact *a, const struct fact *b)
{
	size_t n = a->detail_size < b->detail_size ? a->detail_size :
		b->detail_size;
	int order = n ? memcmp(a->detail, b->detail, n) : 0;

	return order ? order : (a->detail_size > b->detail_size) -
		(a->detail_size < b->detail_size);
}

static int compare_facts(const void *a, const void *b)
{
	const struct fact *x = *(struct fact *const *)a;
	const struct fact *y = *(struct fact *const *)b;

	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return call_id_compare(&x->id, &y->id) ? :
		((x->answer > y->answer) - (x->answer < y->answer)) ? :
		detail_compare(x, y);
}

static int compare_by_run(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/*
 * Sorts an array of pointers. Returns an array that maps old indices to new
 * ones, which the caller frees.
 */
static uint32_t *reorder(void *array, size_t n,
			 int (*compare)(const void *, const void *, void *))
{
	void **elements = array;
	void **old = xmemdup(elements, n * sizeof(*elements));
	uint32_t *order = xcalloc(n, sizeof(*order));
	uint32_t *went = xcalloc(n, sizeof(*went));

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), compare, elements);
	for (size_t i = 0; i < n; i++)
		went[order[i]] = i;
	for (size_t i = 0; i < n; i++)
		elements[i] = old[order[i]];
	free(order);
	free(old);
	return went;
}

static void renumber(struct entry *table, const uint32_t *went)
{
	for (struct entry *e = table; e; e = e->hh.next)
		e->index = went[e->index];
}

static void renumber_runs(struct fact *fact, const uint32_t *went)
{
	for (size_t i = 0; i < fact->n_sightings; i++)
		fact->sightings[i].run = went[fact->sightings[i].run];
	array_sort(fact->sightings, fact->n_sightings, sizeof(*fact->sightings),
		   compare_by_run);
}

static void sort_runs(struct trace *t)
{
	uint32_t *went = reorder(t->runs, t->n_runs, compare_runs);

	renumber(t->index->runs, went);
	for (size_t i = 0; i < t->n_images; i++) {
		struct image *image = t->images[i];

		for (size_t j = 0; j < image->n_uses; j++)
			image->uses[j].run = went[image->uses[j].run];
		array_sort(image->uses, image->n_uses, sizeof(*image->uses),
			   compare_by_run);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++)
			renumber_runs(t->facts[kind].at[i], went);
	free(went);
}

static void sort_images(struct trace *t)
{
	uint32_t *went = reorder(t->images, t->n_images, compare_images);

	renumber(t->index->images, went);
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++) {
			struct fact *fact = t->facts[kind].at[i];

			fact->image = went[fact->image];
		}
	free(went);
}

/* Rebuilds the table, since the keys of facts contain the indices of images. */
static void sort_facts(struct facts *facts, struct entry **index)
{
	array_sort(facts->at, facts->n, sizeof(*facts->at), compare_facts);
	clear(index);
	for (size_t i = 0; i < facts->n; i++) {
		struct fact_key key;
		bool is_new;

		lookup(index, &key, key_of(facts->at[i], &key), i, &is_new);
	}
}

static bool same_call(const struct fact *a, const struct fact *b)
{
	return a->image == b->image && !call_id_compare(&a->id, &b->id);
}

/*
 * Keeps the first STACKS_MAX stacks of each call of an image. A stack that is
 * among the first of a union is also among the first of every part that has it,
 * so that merging stays associative.
 */
static void bound_stacks(struct facts *stacks)
{
	size_t kept = 0, n = 0;

	array_sort(stacks->at, stacks->n, sizeof(*stacks->at), compare_facts);
	for (size_t i = 0; i < stacks->n; i++) {
		struct fact *fact = stacks->at[i];

		n = kept && same_call(stacks->at[kept - 1], fact) ? n + 1 : 1;
		if (n > STACKS_MAX)
			free_fact(fact);
		else
			stacks->at[kept++] = fact;
	}
	stacks->n = kept;
}

/*
 * Returns the first of the sorted facts that belongs to that image or a later
 * one.
 */
static size_t first_of(const struct facts *facts, uint32_t image)
{
	size_t from = 0, to = facts->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (facts->at[middle]->image < image)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void forget_names(struct trace *t)
{
	free(t->index->names.at);
	t->index->names = (struct facts){ 0 };
}

struct fact *const *trace_names(const struct trace *t, uint32_t image,
				size_t *n)
{
	struct facts *sorted = &t->index->names;
	size_t first;

	if (sorted->n != t->names.n) {
		free(sorted->at);
		*sorted = t->names;
		sorted->at = xmemdup(t->names.at,
				     t->names.n * sizeof(*sorted->at));
		array_sort(sorted->at, sorted->n, sizeof(*sorted->at),
			   compare_facts);
	}
	first = first_of(sorted, image);
	*n = first_of(sorted, image + 1) - first;
	return *n ? sorted->at + first : NULL;
}

void trace_sort(struct trace *t)
{
	forget_names(t);
	sort_runs(t);
	sort_images(t);
	bound_stacks(&t->stacks);
	for (int kind = 0; kind < FACT_KINDS; kind++)
		sort_facts(&t->facts[kind], &t->index->facts[kind]);
}
