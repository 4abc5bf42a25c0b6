/* SPDX-License-Identifier: Apache-2.0 */
/* A table of runs and calls: how often each run made each call. */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/select.h"
#include "stream/trace.h"

struct column {			/* a run */
	const struct run *run;
	size_t index;		/* index of the run in its trace */
	/* printable; includes the id if other runs have the same name */
	char *name;
	uint64_t calls;		/* saturating */
	size_t distinct;	/* distinct calls that it made */
	/* whether it is in the smallest set of runs that makes every call */
	bool chosen;
};

/* A call, or another kind of row: see enum matrix_rows. */
struct row {
	enum fact_kind kind;
	struct call_id id;
	const struct fact *fact;	/* one of the facts of this row */
	const struct image *image;	/* NULL: all images together */
	char *label;		/* printable */
	/*
	 * How often each run made the call, by column. 0: the run did not make
	 * it.
	 */
	uint64_t *counts;
	size_t n_runs;		/* the number of runs that make the call */
};

struct matrix {
	struct trace *trace;
	bool borrowed;		/* the trace belongs to the caller */
	struct column *columns;
	size_t n_columns;
	struct row *rows;
	size_t n_rows;
	uint64_t *cells;	/* the memory for row.counts */
	/* whether the chosen runs are certainly the fewest */
	bool exact;
};

enum matrix_rows {
	ROWS_CALLS,
	ROWS_ARGUMENTS,		/* calls, and each combination of arguments */
	ROWS_PATHS,		/* paths and addresses that need a right */
};

struct matrix_choice {
	enum matrix_rows rows;
	bool by_image;
	bool partial;			/* accept truncated streams */
	/* Whether to include calls that belong to no run of --split. */
	bool harness;
	struct selection images;	/* empty: all */
};

/*
 * Loads the runs of all inputs. Runs are in the order of the inputs, and within
 * an input in the order of their start. Notes begin with `name`. Returns NULL
 * if it printed and latched an error.
 */
struct matrix *matrix_load(struct inputs *inputs, const char *name,
			   const struct matrix_choice *choice);
/*
 * Makes the matrix of a trace, which must live longer than the matrix. Returns
 * NULL if the matrix would be too large.
 */
struct matrix *matrix_of(struct trace *t, const struct matrix_choice *choice);
/* Marks the smallest set of runs that makes every call. */
void matrix_choose_runs(struct matrix *m);
void matrix_free(struct matrix *m);

#endif
