/* SPDX-License-Identifier: Apache-2.0 */
/* How complete a set of runs is: what more runs like these would add. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <stdio.h>

#include "unit.h"

struct coverage_choice {
	enum unit_by by;
	const char *label;	/* the label's key, of UNIT_LABEL */
	uint64_t more;		/* runs that a prediction is about */
	double limit;		/* share of these that may fail; 1: any */
};

/*
 * Print to `out` (NULL: nothing) how complete the runs are, as text or as JSON.
 * `known` marks rows that a profile has anyway. False: more of the runs than
 * the limit may fail, or that cannot be predicted.
 */
bool coverage_report(const struct matrix *m, const struct coverage_choice *c,
		     enum matrix_rows rows,
		     bool (*known)(const struct row *, void *), void *arg,
		     bool json, FILE *out);

#endif
