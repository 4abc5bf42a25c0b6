/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct sample_words *sample_words(const struct unit_choice *choice)
{
	static const struct sample_words words[] = {
		[UNIT_ARGV] = { "command line", "command lines",
				"no run with another command line" },
		[UNIT_NAME] = { "name", "names", "no run with another name" },
		[UNIT_RUN] = { "run", "runs", "no other run" },
		[UNIT_LABEL] = { "value of the label", "values of the label",
				 "no run with another value of the label" },
	};

	return &words[choice->by];
}

struct numbered_run {
	const struct run *run;
	size_t at;		/* index of the run in the trace */
};

static int by_unit(const void *a, const void *b, void *choice)
{
	const struct numbered_run *x = a, *y = b;

	return unit_compare(x->run, y->run, choice);
}

/*
 * Returns the recordings, sorted so that those of one unit are neighbours, and
 * so are those of one group.
 */
static struct numbered_run *runs_in_order(const struct trace *t,
					  const struct unit_choice *choice,
					  size_t *n)
{
	struct numbered_run *order = xcalloc(t->n_runs + 1, sizeof(*order));

	*n = 0;
	for (size_t i = 0; i < t->n_runs; i++)
		if (!run_is_later_part(t->runs, i))
			order[(*n)++] = (struct numbered_run){ t->runs[i], i };
	qsort_r(order, *n, sizeof(*order), by_unit, (void *)choice);
	return order;
}

/* Numbers the units and the groups from 0. */
static void number_runs(struct sample *s, const struct unit_choice *choice)
{
	const struct trace *t = s->trace;
	size_t n, unit = 0, group = 0;
	struct numbered_run *order = runs_in_order(t, choice, &n);

	for (size_t i = 0; i < n; i++) {
		const struct run *run = order[i].run;

		unit += i && unit_compare(order[i - 1].run, run, choice);
		group += i && unit_compare_groups(order[i - 1].run, run,
						  choice);
		s->unit_of[order[i].at] = unit;
		s->group_of[order[i].at] = group;
	}
	for (size_t i = 0; i < t->n_runs; i++) {
		if (!run_is_later_part(t->runs, i))
			continue;
		s->unit_of[i] = s->unit_of[i - 1];
		s->group_of[i] = s->group_of[i - 1];
	}
	free(order);
	s->n_units = unit + (n > 0);
	s->n_groups = group + (n > 0);
}

struct sample *sample_new(const struct trace *t,
			  const struct unit_choice *choice)
{
	struct sample *s = xcalloc(1, sizeof(*s));

	s->trace = t;
	s->unit_of = xcalloc(t->n_runs + 1, sizeof(*s->unit_of));
	s->group_of = xcalloc(t->n_runs + 1, sizeof(*s->group_of));
	number_runs(s, choice);
	s->unique = xcalloc(s->n_units + 1, sizeof(*s->unique));
	s->makes = xcalloc(s->n_units + 1, sizeof(*s->makes));
	s->seen = xcalloc(s->n_groups + 1, sizeof(*s->seen));
	return s;
}

void sample_free(struct sample *s)
{
	if (!s)
		return;
	free(s->unit_of);
	free(s->group_of);
	free(s->unique);
	free(s->makes);
	free(s->seen);
	free(s);
}

size_t sample_count(struct sample *s, const uint64_t *by_run, size_t *only)
{
	size_t n = 0;

	memset(s->makes, 0, s->n_units * sizeof(*s->makes));
	memset(s->seen, 0, s->n_groups * sizeof(*s->seen));
	for (size_t i = 0; i < s->trace->n_runs; i++) {
		if (!by_run[i])
			continue;
		s->makes[s->unit_of[i]] = true;
		if (s->seen[s->group_of[i]])
			continue;
		s->seen[s->group_of[i]] = true;
		*only = i;
		n++;
	}
	for (size_t i = 0; n == 1 && i < s->n_units; i++)
		s->unique[i] |= s->makes[i];
	return n;
}

size_t sample_lone_groups(const struct sample *s)
{
	size_t n = 0;

	memset(s->seen, 0, s->n_groups * sizeof(*s->seen));
	for (size_t i = 0; i < s->trace->n_runs; i++) {
		bool *seen = &s->seen[s->group_of[i]];

		n += s->unique[s->unit_of[i]] && !*seen;
		*seen |= s->unique[s->unit_of[i]];
	}
	return n;
}

double sample_unique(const struct sample *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_units; i++)
		n += s->unique[i];
	return s->n_units ? (double)n * s->n_groups / s->n_units : 0;
}
