/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/keep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
#include "stream/select.h"

/*
 * Because of these properties of runs, sp-emit can refuse a policy or leave
 * runs out.
 */
enum trait { TRAIT_HARNESS = 1, TRAIT_ATTACHED = 2, TRAITS = 4 };

/*
 * Runs are ordered by the hash of their id. A run's rank is its position in
 * this order.
 */
struct keeper {
	const struct trace *t;
	uint32_t *ranks;	/* by run */
	uint32_t *runs;		/* by rank */
	uint8_t *traits;	/* by run */
	bool *kept;		/* by run */
	/* ranks of the runs to keep; has room for all runs */
	uint32_t *picked;
	uint64_t *known;	/* indexed by run; all 0 between two uses */
};

/* Returns a hash: every bit of the result depends on every bit of `x`. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static uint64_t hash_of(const struct run *run)
{
	uint64_t half[2] = { 0, 0 };

	for (int i = 0; i < RUN_ID_SIZE; i++)
		half[i / 8] = half[i / 8] << 8 | run->id[i];
	return mix(mix(half[0]) ^ half[1]);
}

static int compare_hashes(const void *a, const void *b, void *trace)
{
	const struct trace *t = trace;
	const struct run *x = t->runs[*(const uint32_t *)a];
	const struct run *y = t->runs[*(const uint32_t *)b];
	uint64_t one = hash_of(x), two = hash_of(y);

	return (one > two) - (one < two) ?: memcmp(x->id, y->id, RUN_ID_SIZE);
}

static int compare_ranks(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void keeper_init(struct keeper *k, const struct trace *t)
{
	*k = (struct keeper){
		.t = t, .ranks = xcalloc(t->n_runs, sizeof(*k->ranks)),
		.runs = xcalloc(t->n_runs, sizeof(*k->runs)),
		.traits = xcalloc(t->n_runs, sizeof(*k->traits)),
		.kept = xcalloc(t->n_runs, sizeof(*k->kept)),
		.picked = xcalloc(t->n_runs, sizeof(*k->picked)),
		.known = xcalloc(t->n_runs, sizeof(*k->known)),
	};
	for (size_t i = 0; i < t->n_runs; i++) {
		k->runs[i] = i;
		if (run_is_harness(t->runs[i]))
			k->traits[i] |= TRAIT_HARNESS;
		if (run_has_how(t->runs[i], "attached"))
			k->traits[i] |= TRAIT_ATTACHED;
	}
	qsort_r(k->runs, t->n_runs, sizeof(*k->runs), compare_hashes,
		(void *)t);
	for (size_t i = 0; i < t->n_runs; i++)
		k->ranks[k->runs[i]] = i;
}

static void keeper_clear(struct keeper *k)
{
	free(k->ranks);
	free(k->runs);
	free(k->traits);
	free(k->kept);
	free(k->picked);
	free(k->known);
}

static void keep_picked(struct keeper *k, size_t n)
{
	if (n > k->t->keep) {
		array_sort(k->picked, n, sizeof(*k->picked), compare_ranks);
		n = k->t->keep;
	}
	for (size_t i = 0; i < n; i++)
		k->kept[k->runs[k->picked[i]]] = true;
}

/*
 * Keeps the first runs of a list. Its `n` elements have `size` bytes each and
 * begin with the run. Runs of a harness are counted separately, since the tools
 * leave them out by default.
 */
static void keep_first(struct keeper *k, const void *list, size_t n,
		       size_t size)
{
	const char *base = list;

	for (int harness = 0; harness <= TRAIT_HARNESS; harness++) {
		size_t picked = 0;

		for (size_t i = 0; i < n; i++) {
			uint32_t run = *(const uint32_t *)(base + i * size);

			if ((k->traits[run] & TRAIT_HARNESS) == harness)
				k->picked[picked++] = k->ranks[run];
		}
		keep_picked(k, picked);
	}
}

/*
 * Keeps the first run of each class. The run's traits and the number `more`
 * make a class.
 */
enum { MORE = 32 };
struct classes {
	bool is_there[MORE * TRAITS];
	uint32_t rank[MORE * TRAITS];
};

static void class_add(struct classes *c, const struct keeper *k, uint32_t run,
		      unsigned int more)
{
	unsigned int i = more * TRAITS + k->traits[run];

	if (!c->is_there[i] || k->ranks[run] < c->rank[i])
		c->rank[i] = k->ranks[run];
	c->is_there[i] = true;
}

static void classes_keep(const struct classes *c, struct keeper *k)
{
	for (size_t i = 0; i < MORE * TRAITS; i++)
		if (c->is_there[i])
			k->kept[k->runs[c->rank[i]]] = true;
}

static void keep_of_image(struct keeper *k, const struct image *image)
{
	struct classes c = { 0 };

	keep_first(k, image->uses, image->n_uses, sizeof(*image->uses));
	for (size_t i = 0; i < image->n_uses; i++)
		class_add(&c, k, image->uses[i].run, image->uses[i].execs != 0);
	classes_keep(&c, k);
}

/*
 * sp-emit recognizes the recorder's own execve by its flag and its count of 1.
 */
static unsigned int special(const struct sighting *s)
{
	enum { FLAGS = 15 };

	return (s->flags & FLAGS) | (s->count > 1) << 4;
}

static void keep_of_fact(struct keeper *k, const struct fact *fact)
{
	struct classes c = { 0 };

	keep_first(k, fact->sightings, fact->n_sightings,
		   sizeof(*fact->sightings));
	for (size_t i = 0; i < fact->n_sightings; i++)
		class_add(&c, k, fact->sightings[i].run,
			  special(&fact->sightings[i]));
	classes_keep(&c, k);
}

static int compare_calls(const struct fact *a, const struct fact *b)
{
	if (a->image != b->image)
		return a->image < b->image ? -1 : 1;
	return call_id_compare(&a->id, &b->id);
}

static void add_known(struct keeper *k, struct fact *const *facts, size_t n,
		      bool add)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < facts[i]->n_sightings; j++) {
			const struct sighting *s = &facts[i]->sightings[j];

			if (!add)
				k->known[s->run] = 0;
			else if (facts[i]->detail_size)
				k->known[s->run] = count_add(
					k->known[s->run], s->count);
		}
}

/*
 * All arguments of a call are known if their counts add up to the call's count.
 * Keeps a run in which they do not add up, if there is one.
 */
static void keep_unknown(struct keeper *k)
{
	const struct facts *arguments = &k->t->arguments;
	size_t at = 0, n;

	for (size_t i = 0; i < k->t->calls.n; i++) {
		const struct fact *call = k->t->calls.at[i];
		struct classes c = { 0 };

		while (at < arguments->n &&
		       compare_calls(arguments->at[at], call) < 0)
			at++;
		for (n = 0; at + n < arguments->n &&
		     !compare_calls(arguments->at[at + n], call); n++)
			;
		add_known(k, arguments->at + at, n, true);
		for (size_t j = 0; j < call->n_sightings; j++)
			if (call->sightings[j].count >
			    k->known[call->sightings[j].run])
				class_add(&c, k, call->sightings[j].run, 0);
		add_known(k, arguments->at + at, n, false);
		classes_keep(&c, k);
	}
}

/* The properties of a run, besides its facts, on which policies depend. */
struct condition {
	uint32_t run, rank;
	bool startless;
	msgpack_sbuffer bytes;
};

/* Only policies of paths depend on the directory. */
static void pack_condition(const struct run *run, msgpack_sbuffer *bytes)
{
	struct run r = *run;
	struct loss *losses = xcalloc(r.n_losses, sizeof(*losses));
	msgpack_packer pk;

	memset(r.id, 0, sizeof(r.id));
	r.name = (char *)"";
	r.n_labels = 0;
	r.start_ns = r.duration_ns = 0;
	r.argv = NULL;
	if (!run_has_how(run, "paths"))
		r.cwd = (char *)"";
	for (size_t i = 0; i < r.n_losses; i++)
		losses[i] = (struct loss){ r.losses[i].kind,
					   r.losses[i].count != 0 };
	r.losses = losses;
	msgpack_packer_init(&pk, bytes, msgpack_sbuffer_write);
	run_pack(&r, &pk);
	free(losses);
}

static int compare_conditions(const struct condition *a,
			      const struct condition *b)
{
	if (a->startless != b->startless)
		return a->startless ? 1 : -1;
	if (a->bytes.size != b->bytes.size)
		return a->bytes.size < b->bytes.size ? -1 : 1;
	return memcmp(a->bytes.data, b->bytes.data, a->bytes.size);
}

static int by_condition(const void *a, const void *b)
{
	const struct condition *x = a, *y = b;

	return compare_conditions(x, y) ?: compare_ranks(&x->rank, &y->rank);
}

/* Keeps the first run with each condition. */
static void keep_conditions(struct keeper *k)
{
	const struct trace *t = k->t;
	struct condition *all = xcalloc(t->n_runs, sizeof(*all));
	bool *startless = select_startless(t);

	for (size_t i = 0; i < t->n_runs; i++) {
		all[i] = (struct condition){ .run = i, .rank = k->ranks[i],
					     .startless = startless[i] };
		msgpack_sbuffer_init(&all[i].bytes);
		pack_condition(t->runs[i], &all[i].bytes);
	}
	array_sort(all, t->n_runs, sizeof(*all), by_condition);
	for (size_t i = 0; i < t->n_runs; i++)
		if (!i || compare_conditions(&all[i - 1], &all[i]))
			k->kept[all[i].run] = true;
	for (size_t i = 0; i < t->n_runs; i++)
		msgpack_sbuffer_destroy(&all[i].bytes);
	free(startless);
	free(all);
}

/*
 * Keeps all phases of a recording of which one is kept. The runs are sorted by
 * id.
 */
static void keep_phases(struct keeper *k)
{
	struct run *const *runs = k->t->runs;
	size_t n = k->t->n_runs;

	for (size_t i = 1; i < n; i++)
		if (k->kept[i - 1] && run_same_whole(runs[i - 1], runs[i]))
			k->kept[i] = true;
	for (size_t i = n; i-- > 1;)
		if (k->kept[i] && run_same_whole(runs[i - 1], runs[i]))
			k->kept[i - 1] = true;
}

static void choose(struct keeper *k)
{
	const struct trace *t = k->t;

	keep_first(k, k->runs, t->n_runs, sizeof(*k->runs));
	for (size_t i = 0; i < t->n_images; i++)
		keep_of_image(k, t->images[i]);
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++)
			keep_of_fact(k, t->facts[kind].at[i]);
	keep_unknown(k);
	keep_conditions(k);
	keep_phases(k);
}

struct trace *keep_runs(struct trace *t)
{
	struct keeper k;
	bool all = true;

	if (!t->keep)
		return t;
	trace_sort(t);
	keeper_init(&k, t);
	choose(&k);
	for (size_t i = 0; i < t->n_runs; i++)
		all &= k.kept[i];
	if (!all) {
		t = select_within(t, k.kept);
		trace_free(t->whole);
		t->whole = NULL;
		trace_sort(t);
	}
	keeper_clear(&k);
	return t;
}

/*
 * The hashes of n runs are n random numbers from 0 to 2^64. On average, the
 * k-th smallest of them is at (k - 1) / n of this range.
 */
static uint64_t estimate(const struct trace *t, uint32_t *runs, size_t n)
{
	double part, all;

	if (!t->keep || n < t->keep)
		return n;
	qsort_r(runs, n, sizeof(*runs), compare_hashes, (void *)t);
	part = ldexp((double)hash_of(t->runs[runs[t->keep - 1]]) + 1, -64);
	all = (t->keep - 1) / part;
	return all < n ? n : all < 0x1p63 ? (uint64_t)(all + .5) : UINT64_MAX;
}

uint64_t keep_estimate(const struct trace *t)
{
	uint32_t *runs = xcalloc(t->n_runs, sizeof(*runs));
	uint64_t n;

	for (size_t i = 0; i < t->n_runs; i++)
		runs[i] = i;
	n = estimate(t, runs, t->n_runs);
	free(runs);
	return n;
}

uint64_t keep_estimate_of(const struct trace *t, struct fact *const *facts,
			  size_t n)
{
	uint32_t *runs = xcalloc(t->n_runs, sizeof(*runs));
	bool *has = xcalloc(t->n_runs, sizeof(*has));
	size_t n_runs = 0;
	uint64_t result;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < facts[i]->n_sightings; j++)
			has[facts[i]->sightings[j].run] = true;
	for (size_t i = 0; i < t->n_runs; i++)
		if (has[i])
			runs[n_runs++] = i;
	result = estimate(t, runs, n_runs);
	free(has);
	free(runs);
	return result;
}

char *keep_text(const struct trace *t)
{
	return !t->keep ? NULL :
		xasprintf("%zu of about %" PRIu64 " runs (sp-merge "
			  "--keep-runs=%" PRIu32 ")", t->n_runs,
			  keep_estimate(t), t->keep);
}

char *keep_refusal(const struct trace *t, const char *what)
{
	char *text = keep_text(t);
	char *refusal = xasprintf("%s needs every run, and there are %s: use "
				  "the streams that were merged", what, text);

	free(text);
	return refusal;
}
