/* SPDX-License-Identifier: Apache-2.0 */
/* Runs × calls: how often each run made each call. */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/trace.h"

struct column {			/* a run */
	const struct run *run;
	size_t index;		/* of the run in its trace */
	char *name;		/* printable; with the id where others have it */
	uint64_t calls;		/* saturating */
	size_t distinct;	/* calls made at least once */
	bool chosen;		/* in the smallest set that makes every call */
};

struct row {			/* a call */
	struct call_id id;
	const struct image *image;	/* NULL: whatever the image */
	char *label;		/* printable */
	uint64_t *counts;	/* by column; 0: not made */
	size_t n_runs;		/* that make it */
};

struct matrix {
	struct trace *trace;
	struct column *columns;
	size_t n_columns;
	struct row *rows;
	size_t n_rows;
	uint64_t *cells;	/* what row.counts point into */
	bool exact;		/* the chosen runs are proven to be the fewest */
};

/*
 * From the runs of the inputs, in their order, within one by start time. NULL:
 * the reason was printed and latched.
 */
struct matrix *matrix_load(struct inputs *inputs, unsigned int flags,
			   bool by_image);
void matrix_free(struct matrix *m);

#endif
