/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups the runs of a matrix into units. Runs of the same command line are one
 * unit, because a repeated run says nothing new.
 */
#ifndef UNIT_H
#define UNIT_H

#include "matrix.h"
#include "stream/unit-choice.h"

struct unit {
	/* its first run, in the order of the matrix */
	const struct column *first;
	size_t n_runs;
	/*
	 * Index of the unit's group. A unit without a label is a group of its
	 * own.
	 */
	size_t group;
	/* whether it makes a row that no other group makes */
	bool unique;
};

struct unit_row {
	const struct row *row;
	size_t n_groups;	/* the number of groups that make it */
	size_t first;		/* the first unit that makes it */
	/* whether some repeated runs of a unit make it and others do not */
	bool unsteady;
};

/* The unit of a run without rows: it never executed the selected images. */
#define UNIT_NONE SIZE_MAX

struct units {
	struct unit *units;
	size_t n;
	size_t n_runs;		/* runs in all units together */
	size_t *of_column;	/* the unit of each column, or UNIT_NONE */
	/* the value of each group's label; only set for UNIT_LABEL */
	const char **groups;
	size_t n_groups;
	/* all rows except `known` ones */
	struct unit_row *rows;
	size_t n_rows;
};

/*
 * Groups the runs into units. Rows for which known() returns true do not count;
 * with NULL, all rows count. Returns NULL if it printed an error: a run lacks
 * the label.
 */
struct units *units_new(const struct matrix *m,
			const struct unit_choice *choice,
			bool (*known)(const struct row *, void *), void *arg);
void units_free(struct units *u);

#endif
