/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runs of a trace as a sample: the units that they form, and the nouns with
 * which reports name these.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "stream/trace.h"
#include "stream/unit-choice.h"

struct sample {
	const struct trace *trace;
	/*
	 * The unit of each run of the trace, and the unit's group: see
	 * unit-choice.h. All parts of a recording are in the same unit.
	 */
	size_t *unit_of, *group_of;
	size_t n_units, n_groups;
	/* For each unit: whether it has a call that no other group makes. */
	bool *unique;
	bool *makes, *seen;	/* private */
};

/* The nouns for groups, and a text for the runs that did not make a call. */
struct sample_words {
	const char *one;	/* "command line" */
	const char *many;	/* "command lines" */
	const char *others;	/* "no run with another command line" */
};

const struct sample_words *sample_words(const struct unit_choice *choice);

/* Each run must have the label, if units are grouped by one. */
struct sample *sample_new(const struct trace *t,
			  const struct unit_choice *choice);
void sample_free(struct sample *s);

/*
 * Returns how many groups made a call; `by_run` has each run's count. If only
 * one group made the call, marks its units that made it, and sets `*only` to
 * its first such run.
 */
size_t sample_count(struct sample *s, const uint64_t *by_run, size_t *only);

/* Returns how many groups have a unit with a call that no other group makes. */
size_t sample_lone_groups(const struct sample *s);
/*
 * Returns sample_lone_groups() as a sum of shares. A group counts by the share
 * of its units that have a call no other group makes: 1 for all, 0.5 for half
 * of them. The sum is scaled to groups of equal size.
 */
double sample_unique(const struct sample *s);

#endif
