/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runs of a trace as a sample: the runs that count as one, and the nouns of
 * the reports for them.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "stream/trace.h"
#include "stream/unit-choice.h"

struct sample {
	const struct trace *trace;
	/*
	 * The unit of each run of the trace, and its group: see unit-choice.h.
	 * All parts of a recording are in the same unit.
	 */
	size_t *unit_of, *group_of;
	size_t n_units, n_groups;
	/* which units have a call that no other group makes */
	bool *unique;
	bool *makes, *seen;	/* private */
};

/* The nouns for groups, and the words for the runs that did not make a call. */
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
 * one group made it, marks the units that did, and `*only` is the first run of
 * the group that made the call.
 */
size_t sample_count(struct sample *s, const uint64_t *by_run, size_t *only);

/* Returns how many groups have a unit with a call that no other group makes. */
size_t sample_lone_groups(const struct sample *s);
/*
 * Returns the same as a sum: a group whose units all have such a call counts as
 * 1, and one with such a call in half of its units as half as much. The sum is
 * scaled to groups of equal size.
 */
double sample_unique(const struct sample *s);

#endif
