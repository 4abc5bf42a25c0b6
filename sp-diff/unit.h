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
	/* index of the group; a unit without a group has its own */
	size_t group;
	/* whether it makes a row that no other group makes */
	bool unique;
};

struct unit_row {
	const struct row *row;
	size_t n_groups;	/* that make it */
	size_t first;		/* the first unit that makes it */
	/* whether repeated runs of a unit differ in it */
	bool unsteady;
};

/* The unit of a run without rows: it never executed the selected images. */
#define UNIT_NONE SIZE_MAX

struct units {
	struct unit *units;
	size_t n;
	size_t n_runs;		/* runs in all units together */
	size_t *of_column;	/* the unit of each column, or UNIT_NONE */
	/* the value of each group's label; only for UNIT_LABEL */
	const char **groups;
	size_t n_groups;
	/* the number of rows, not counting `known` ones, that each unit adds */
	struct unit_row *rows;
	size_t n_rows;
};

/*
 * Rows that are `known` do not count; with NULL, all rows count. Returns NULL
 * if a run lacks the label, which was printed.
 */
struct units *units_new(const struct matrix *m,
			const struct unit_choice *choice,
			bool (*known)(const struct row *, void *), void *arg);
void units_free(struct units *u);

#endif
