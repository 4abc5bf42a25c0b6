/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups the runs of a matrix into units: the runs of one command line are one
 * unit, since a repeated run tells nothing new.
 */
#ifndef UNIT_H
#define UNIT_H

#include "matrix.h"

enum unit_by {
	UNIT_ARGV,		/* the command line, and the mark of a part */
	UNIT_NAME,
	UNIT_RUN,		/* each run is a unit */
	UNIT_LABEL,		/* the command line; units are grouped by a label */
};

struct unit {
	const struct column *first;	/* of its runs, in the matrix' order */
	size_t n_runs;
	size_t group;		/* index; a unit without a group has its own */
	bool unique;		/* makes a row that no other group makes */
};

struct unit_row {
	const struct row *row;
	size_t n_groups;	/* that make it */
	size_t first;		/* the first unit that makes it */
	bool unsteady;		/* repeated runs of one unit differ in it */
};

/* The unit of a run without rows: it never executed what is selected. */
#define UNIT_NONE SIZE_MAX

struct units {
	struct unit *units;
	size_t n;
	size_t n_runs;		/* in all of them */
	size_t *of_column;	/* each column's unit, or UNIT_NONE */
	const char **groups;	/* the label's value of each; UNIT_LABEL only */
	size_t n_groups;
	/* number of rows that are not `known`, for each unit in order */
	struct unit_row *rows;
	size_t n_rows;
};

/*
 * Rows that are `known` do not count; without it all rows count. Returns NULL
 * if a run has no label `key`, which was printed.
 */
struct units *units_new(const struct matrix *m, enum unit_by by,
			const char *key,
			bool (*known)(const struct row *, void *), void *arg);
void units_free(struct units *u);

#endif
