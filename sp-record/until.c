/* SPDX-License-Identifier: Apache-2.0 */
#include "until.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "splits.h"
#include "stream/risk.h"
#include "tracer-private.h"

#define SECOND 1000000000ULL	/* ns */

enum { MORE = 100, CALLS = ROWS * CALLS_PER_ROW };

struct until {
	struct until_options options;
	/* time of the next look; 0: the recording ends */
	uint64_t due_ns;
	/* the number of distinct calls at the last look */
	uint64_t distinct;
	uint64_t new_ns;	/* when `distinct` last grew */
	bool told_full;
};

struct until *until_new(const struct until_options *options)
{
	struct until *u;

	if (!options->quiet && !options->risk)
		return NULL;
	u = xcalloc(1, sizeof(*u));
	u->options = *options;
	u->due_ns = 1;
	return u;
}

void until_free(struct until *u)
{
	free(u);
}

uint64_t until_due(const struct until *u)
{
	return u ? u->due_ns : 0;
}

/* Adds the calls of an image in the table. */
static void add_calls(const struct tracer *t, uint32_t id, bool calls[CALLS])
{
	if (id >= t->n_table)
		return;
	for (uint32_t phase = 0; phase < t->n_phases; phase++)
		for (uint32_t i = 0; i < CALLS; i++)
			calls[i] |= table_tally(t, phase, id,
						i / CALLS_PER_ROW,
						i % CALLS_PER_ROW).count != 0;
}

/* Whether the table is full. Calls outside of it cannot be read quickly. */
static bool is_full(const struct tracer *t)
{
	return image_end(t) > t->n_table;
}

/*
 * Returns the number of distinct calls, of all images and runs together. Calls
 * outside of the table count once for each image. So the number can be too
 * large, but it never ends the recording too early.
 */
static uint64_t count_distinct(const struct tracer *t)
{
	uint64_t n = load_u64(&t->skel->bss->progress.rare_distinct);
	bool calls[CALLS] = { false };

	for (uint32_t id = 0; id < image_end(t); id++)
		add_calls(t, id, calls);
	for (size_t i = 0; i < CALLS; i++)
		n += calls[i];
	return n;
}

static bool is_quiet(struct until *u, const struct tracer *t, uint64_t now_ns)
{
	uint64_t n = count_distinct(t);

	if (!u->new_ns || n != u->distinct) {
		u->distinct = n;
		u->new_ns = now_ns;
	}
	return now_ns - u->new_ns >= u->options.quiet * SECOND;
}

/*
 * A sample of the runs that have ended and whose calls are all in the table.
 * Runs with the same text are one unit.
 */
struct sample {
	const struct splits_read *splits;
	/* The unit of each run, plus 1. 0: the run is not in the sample. */
	uint32_t *units;
	size_t n;		/* units */
	bool (*calls)[CALLS];	/* by unit */
};

/*
 * Returns a flag for each run: whether calls of it may be missing in the table.
 */
static bool *find_partial(const struct sample *s, const struct tracer *t)
{
	bool *partial = xcalloc(splits_count(s->splits) + 1, sizeof(*partial));

	for (uint32_t id = t->n_table; id < image_end(t); id++)
		partial[splits_run_of(s->splits, id)] = true;
	return partial;
}

static void find_units(struct sample *s, const struct tracer *t)
{
	size_t n = splits_count(s->splits);
	bool *partial = find_partial(s, t);

	s->units = xcalloc(n + 1, sizeof(*s->units));
	for (uint32_t i = 1; i <= n; i++) {
		uint32_t same = 1;

		if (partial[i] || !splits_ended(s->splits, i))
			continue;
		while (same < i && !(s->units[same] &&
				     splits_equal(s->splits, same, i)))
			same++;
		s->units[i] = same < i ? s->units[same] : ++s->n;
	}
	free(partial);
}

static void add_runs(struct sample *s, const struct tracer *t)
{
	s->calls = xcalloc(s->n + 1, sizeof(*s->calls));
	for (uint32_t id = IMAGE_FIRST; id < image_end(t); id++) {
		uint32_t run = splits_run_of(s->splits, id);

		if (run && s->units[run])
			add_calls(t, id, s->calls[s->units[run] - 1]);
	}
}

/* Returns how many units have a call that no other unit has. */
static size_t count_unique(const struct sample *s)
{
	bool *unique = xcalloc(s->n + 1, sizeof(*unique));
	size_t n = 0;

	for (size_t i = 0; i < CALLS; i++) {
		size_t with = 0, last = 0;

		for (size_t unit = 0; unit < s->n; unit++)
			if (s->calls[unit][i]) {
				with++;
				last = unit;
			}
		if (with == 1)
			unique[last] = true;
	}
	for (size_t unit = 0; unit < s->n; unit++)
		n += unique[unit];
	free(unique);
	return n;
}

/*
 * Returns the upper bound of sp-diff --coverage --groups for the runs in the
 * table, which are the first ones. Returns 1 if there are too few runs.
 */
static double upper_risk(struct tracer *t)
{
	struct splits_read *splits = splits_open(t);
	struct sample s = { .splits = splits };
	double upper = 1;

	find_units(&s, t);
	if (s.n >= RISK_UNITS_MIN) {
		add_runs(&s, t);
		upper = (double)risk_predict(count_unique(&s), s.n, MORE).upper /
			MORE;
		free(s.calls);
	}
	free(s.units);
	splits_close(splits);
	return upper;
}

static void tell_if_full(struct until *u, const struct tracer *t)
{
	if (u->told_full || !is_full(t))
		return;
	u->told_full = true;
	message_note("there are too many %s for the table of counts: %s",
		     t->split ? "runs" : "executables", u->options.risk ?
		     "--until-risk looks at the first ones only" :
		     "known calls of the others count as new calls");
}

static bool is_enough(struct until *u, struct tracer *t, uint64_t now_ns)
{
	double upper;

	if (u->options.quiet && is_quiet(u, t, now_ns)) {
		message_note("no new call for %g s: the recording ends",
			     u->options.quiet);
		return true;
	}
	upper = u->options.risk ? upper_risk(t) : 1;
	if (!u->options.risk || upper > u->options.risk) {
		tell_if_full(u, t);
		return false;
	}
	message_note("at most %.0f of 100 more runs would make a new call: the "
		     "recording ends", upper * 100);
	return true;
}

bool until_check(struct until *u, struct tracer *t, uint64_t now_ns)
{
	bool enough;

	if (!u || !u->due_ns || now_ns < u->due_ns)
		return false;
	enough = is_enough(u, t, now_ns);
	u->due_ns = enough ? 0 : now_ns + (u->options.risk ? 1 : 0) * SECOND +
		SECOND / 4;
	return enough;
}
