/* SPDX-License-Identifier: Apache-2.0 */
/* Runs × calls: how often each run made each call. */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/select.h"
#include "stream/trace.h"

struct column {			/* a run */
	const struct run *run;
	size_t index;		/* of the run in its trace */
	char *name;		/* printable; with the id where others have it */
	uint64_t calls;		/* saturating */
	size_t distinct;	/* calls made at least once */
	bool chosen;		/* in the smallest set that makes every call */
};

struct row {			/* a call, or what matrix_rows says */
	enum fact_kind kind;
	struct call_id id;
	const struct fact *fact;	/* one of those that it stands for */
	const struct image *image;	/* NULL: whatever the image */
	char *label;		/* printable */
	uint64_t *counts;	/* by column; 0: not made */
	size_t n_runs;		/* that make it */
};

struct matrix {
	struct trace *trace;
	bool borrowed;		/* the trace belongs to somebody else */
	struct column *columns;
	size_t n_columns;
	struct row *rows;
	size_t n_rows;
	uint64_t *cells;	/* what row.counts point into */
	bool exact;		/* the chosen runs are proven to be the fewest */
};

enum matrix_rows {
	ROWS_CALLS,
	ROWS_ARGUMENTS,		/* calls, and each set of argument values */
	ROWS_PATHS,		/* paths and addresses that need a right */
};

struct matrix_choice {
	enum matrix_rows rows;
	bool by_image;
	bool partial;			/* accept streams that end early */
	bool harness;			/* include what belongs to no run */
	struct selection images;	/* empty: all */
};

/*
 * Loads the runs of the inputs, in the order of the inputs, and those of one
 * input by their start. `name` is what notes call the inputs. Returns NULL if
 * it printed and latched an error.
 */
struct matrix *matrix_load(struct inputs *inputs, const char *name,
			   const struct matrix_choice *choice);
/*
 * Makes the matrix of a trace, which must outlive it. Returns NULL if it would
 * be too large.
 */
struct matrix *matrix_of(struct trace *t, const struct matrix_choice *choice);
/* Mark the smallest set of runs that makes every call. */
void matrix_choose_runs(struct matrix *m);
void matrix_free(struct matrix *m);

#endif
