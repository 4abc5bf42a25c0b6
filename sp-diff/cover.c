/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Branch and bound over bit sets. At each node, the problem is first reduced.
 * If only one run makes a call, that run is chosen. A run is dropped if another
 * run makes all of its open calls. A call is dropped if choosing a run for
 * another call always covers it. These reductions alone solve nearly every real
 * matrix.
 */
#include "cover.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * The search gives up after looking at this many words, which takes well under
 * a second.
 */
#define WORK_MAX 300000000ULL

/* A table of bits, of which each row is a set. */
struct sets {
	size_t n_words;		/* of one set */
	uint64_t *words;
};

struct cover {
	size_t n_runs, n_calls;
	struct sets calls;	/* of each run */
	struct sets runs;	/* of each call */
};

/* The part of the problem that is still open at a node of the search. */
struct open {
	uint64_t *runs;		/* runs that can still be chosen */
	uint64_t *calls;	/* calls that no chosen run makes */
};

struct search {
	const struct cover *cover;
	uint64_t work;
	size_t *chosen, n_chosen;
	size_t *best, n_best;
};

static struct sets new_sets(size_t n_sets, size_t n_members)
{
	struct sets s = { .n_words = (n_members + 63) / 64 };

	s.words = xcalloc(n_sets * s.n_words, sizeof(*s.words));
	return s;
}

static uint64_t *set_at(const struct sets *s, size_t i)
{
	return s->words + i * s->n_words;
}

static void set_bit(uint64_t *set, size_t i)
{
	set[i / 64] |= UINT64_C(1) << i % 64;
}

static void clear_bit(uint64_t *set, size_t i)
{
	set[i / 64] &= ~(UINT64_C(1) << i % 64);
}

/* Returns the first member of `set` at index `i` or later, or SIZE_MAX. */
static size_t next_bit(const uint64_t *set, size_t n_words, size_t i)
{
	for (size_t w = i / 64; w < n_words; w++) {
		uint64_t word = set[w];

		if (w == i / 64)
			word &= ~UINT64_C(0) << i % 64;
		if (word)
			return w * 64 + __builtin_ctzll(word);
	}
	return SIZE_MAX;
}

#define FOR_EACH_BIT(i, set, n_words)					\
	for (size_t i = next_bit(set, n_words, 0); i != SIZE_MAX;	\
	     i = next_bit(set, n_words, i + 1))

static size_t count_common(const uint64_t *a, const uint64_t *b, size_t n_words)
{
	size_t n = 0;

	for (size_t w = 0; w < n_words; w++)
		n += __builtin_popcountll(a[w] & b[w]);
	return n;
}

/* Whether `b` has all members of `a` that are in `mask`. */
static bool is_subset(const uint64_t *a, const uint64_t *b,
		      const uint64_t *mask, size_t n_words)
{
	for (size_t w = 0; w < n_words; w++)
		if (a[w] & mask[w] & ~b[w])
			return false;
	return true;
}

struct cover *cover_new(size_t n_runs, size_t n_calls)
{
	struct cover *c = xcalloc(1, sizeof(*c));

	c->n_runs = n_runs;
	c->n_calls = n_calls;
	c->calls = new_sets(n_runs, n_calls);
	c->runs = new_sets(n_calls, n_runs);
	return c;
}

void cover_free(struct cover *c)
{
	if (!c)
		return;
	free(c->calls.words);
	free(c->runs.words);
	free(c);
}

void cover_add(struct cover *c, size_t run, size_t call)
{
	set_bit(set_at(&c->calls, run), call);
	set_bit(set_at(&c->runs, call), run);
}

static bool given_up(const struct search *s)
{
	return s->work > WORK_MAX;
}

static size_t count_makers(struct search *s, const struct open *o, size_t call)
{
	const struct sets *runs = &s->cover->runs;

	s->work += runs->n_words;
	return count_common(set_at(runs, call), o->runs, runs->n_words);
}

static size_t count_gain(struct search *s, const struct open *o, size_t run)
{
	const struct sets *calls = &s->cover->calls;

	s->work += calls->n_words;
	return count_common(set_at(calls, run), o->calls, calls->n_words);
}

static void choose(struct search *s, struct open *o, size_t run)
{
	const struct sets *calls = &s->cover->calls;
	const uint64_t *made = set_at(calls, run);

	s->chosen[s->n_chosen++] = run;
	for (size_t w = 0; w < calls->n_words; w++)
		o->calls[w] &= ~made[w];
	clear_bit(o->runs, run);
}

/*
 * Chooses each run that is the only one to make a call. Returns false if no
 * open run makes some call.
 */
static bool choose_only_makers(struct search *s, struct open *o, bool *changed)
{
	const struct sets *runs = &s->cover->runs;
	uint64_t *makers;

	FOR_EACH_BIT(call, o->calls, s->cover->calls.n_words) {
		size_t n = count_makers(s, o, call);

		if (!n)
			return false;
		if (n > 1)
			continue;
		makers = set_at(runs, call);
		for (size_t w = 0; w < runs->n_words; w++)
			if (makers[w] & o->runs[w]) {
				choose(s, o, w * 64 + __builtin_ctzll(
						makers[w] & o->runs[w]));
				break;
			}
		*changed = true;
	}
	return true;
}

/*
 * Whether the member `i` of `open` can be dropped. With `above`, it can be
 * dropped if another open member contains it, and without `above`, if it
 * contains another open member. Of equal members, the first one stays.
 */
static bool is_needless(struct search *s, const struct sets *sets,
			const uint64_t *open, size_t n_open_words,
			const uint64_t *mask, size_t i, bool above)
{
	const uint64_t *own = set_at(sets, i);

	FOR_EACH_BIT(j, open, n_open_words) {
		const uint64_t *other = set_at(sets, j);
		const uint64_t *low = above ? own : other;
		const uint64_t *high = above ? other : own;

		s->work += sets->n_words;
		if (j != i && is_subset(low, high, mask, sets->n_words) &&
		    (j < i || !is_subset(high, low, mask, sets->n_words)))
			return true;
		if (given_up(s))
			break;
	}
	return false;
}

/* Drops all members of `open` that are not needed. */
static bool drop(struct search *s, const struct sets *sets, uint64_t *open,
		 size_t n_open_words, const uint64_t *mask, bool above)
{
	bool changed = false;

	FOR_EACH_BIT(i, open, n_open_words) {
		if (!is_needless(s, sets, open, n_open_words, mask, i, above))
			continue;
		clear_bit(open, i);
		changed = true;
	}
	return changed;
}

/* Returns false if no open run makes some call. */
static bool reduce(struct search *s, struct open *o)
{
	const struct cover *c = s->cover;
	bool changed = true;

	while (changed && !given_up(s)) {
		changed = false;
		if (!choose_only_makers(s, o, &changed))
			return false;
		changed |= drop(s, &c->calls, o->runs, c->runs.n_words,
				o->calls, true);
		changed |= drop(s, &c->runs, o->calls, c->calls.n_words,
				o->runs, false);
	}
	return true;
}

/*
 * Returns the first of the open calls that the fewest runs make. Skips calls
 * that a run in `taken` makes. Returns SIZE_MAX if no call remains.
 */
static size_t rarest(struct search *s, const struct open *o,
		     const uint64_t *taken)
{
	const struct sets *runs = &s->cover->runs;
	size_t best = SIZE_MAX, fewest = SIZE_MAX;

	FOR_EACH_BIT(call, o->calls, s->cover->calls.n_words) {
		size_t n = count_makers(s, o, call);

		if (n >= fewest ||
		    count_common(set_at(runs, call), taken, runs->n_words))
			continue;
		best = call;
		fewest = n;
	}
	return best;
}

/*
 * Counts calls that share no run, so that each of them needs a run of its own.
 */
static size_t lower_bound(struct search *s, const struct open *o)
{
	const struct sets *runs = &s->cover->runs;
	uint64_t *taken = xcalloc(runs->n_words, sizeof(*taken));
	size_t n = 0, call;

	while ((call = rarest(s, o, taken)) != SIZE_MAX) {
		const uint64_t *makers = set_at(runs, call);

		for (size_t w = 0; w < runs->n_words; w++)
			taken[w] |= makers[w] & o->runs[w];
		n++;
	}
	free(taken);
	return n;
}

/* Returns the first of the open runs that make the most open calls. */
static size_t richest(struct search *s, const struct open *o,
		      const uint64_t *among)
{
	size_t best = SIZE_MAX, most = 0;

	FOR_EACH_BIT(run, o->runs, s->cover->runs.n_words) {
		size_t gain;

		if (among && !(among[run / 64] >> run % 64 & 1))
			continue;
		gain = count_gain(s, o, run);
		if (gain > most) {
			best = run;
			most = gain;
		}
	}
	return best;
}

static void keep_best(struct search *s)
{
	if (s->n_chosen >= s->n_best)
		return;
	memcpy(s->best, s->chosen, s->n_chosen * sizeof(*s->best));
	s->n_best = s->n_chosen;
}

static struct open copy_open(const struct cover *c, const struct open *o)
{
	return (struct open){
		xmemdup(o->runs, c->runs.n_words * sizeof(*o->runs)),
		xmemdup(o->calls, c->calls.n_words * sizeof(*o->calls)),
	};
}

static void free_open(struct open *o)
{
	free(o->runs);
	free(o->calls);
}

static void search(struct search *s, struct open *o);

static void try_run(struct search *s, const struct open *o, size_t run)
{
	struct open next = copy_open(s->cover, o);
	size_t n_chosen = s->n_chosen;

	choose(s, &next, run);
	search(s, &next);
	s->n_chosen = n_chosen;
	free_open(&next);
}

/* The rarest call needs a run: tries each run that makes it. */
static void branch(struct search *s, struct open *o)
{
	const struct cover *c = s->cover;
	uint64_t *none = xcalloc(c->runs.n_words, sizeof(*none));
	size_t call = rarest(s, o, none);
	size_t run;

	free(none);
	while (!given_up(s) &&
	       (run = richest(s, o, set_at(&c->runs, call))) != SIZE_MAX) {
		try_run(s, o, run);
		/* All solutions with this run have been tried. */
		clear_bit(o->runs, run);
	}
}

static void search(struct search *s, struct open *o)
{
	if (given_up(s) || !reduce(s, o))
		return;
	if (next_bit(o->calls, s->cover->calls.n_words, 0) == SIZE_MAX)
		keep_best(s);
	else if (!given_up(s) &&
		 s->n_chosen + lower_bound(s, o) < s->n_best)
		branch(s, o);
}

/* Finds a first solution. It is the result if the search gives up. */
static void greedy(struct search *s, const struct open *start)
{
	struct open o = copy_open(s->cover, start);
	size_t run;

	while ((run = richest(s, &o, NULL)) != SIZE_MAX)
		choose(s, &o, run);
	keep_best(s);
	s->n_chosen = 0;
	s->work = 0;
	free_open(&o);
}

static struct open everything(const struct cover *c)
{
	struct open o = {
		xcalloc(c->runs.n_words, sizeof(*o.runs)),
		xcalloc(c->calls.n_words, sizeof(*o.calls)),
	};

	for (size_t i = 0; i < c->n_runs; i++)
		set_bit(o.runs, i);
	for (size_t i = 0; i < c->n_calls; i++)
		set_bit(o.calls, i);
	return o;
}

bool cover_solve(const struct cover *c, bool *chosen)
{
	struct search s = {
		.cover = c,
		.chosen = xcalloc(c->n_runs, sizeof(*s.chosen)),
		.best = xcalloc(c->n_runs, sizeof(*s.best)),
		.n_best = SIZE_MAX,
	};
	struct open o = everything(c);

	greedy(&s, &o);
	search(&s, &o);
	memset(chosen, 0, c->n_runs * sizeof(*chosen));
	for (size_t i = 0; i < s.n_best; i++)
		chosen[s.best[i]] = true;
	free_open(&o);
	free(s.chosen);
	free(s.best);
	return !given_up(&s);
}
