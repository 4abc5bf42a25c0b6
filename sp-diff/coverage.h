/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicts how complete a set of runs is, and what more runs like these would
 * add.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <stdio.h>

#include "unit.h"

struct coverage_choice {
	struct unit_choice unit;
	/* the number of runs that the prediction is about */
	uint64_t more;
	/* the share of these that may fail; 1: all may */
	double limit;
};

/*
 * Prints to `out` (NULL: nothing) how complete the runs are, as text or as
 * JSON. `known` marks rows that a profile always has. Returns false if more
 * runs than the limit may fail, or if that cannot be predicted.
 */
bool coverage_report(const struct matrix *m, const struct coverage_choice *c,
		     enum matrix_rows rows,
		     bool (*known)(const struct row *, void *), void *arg,
		     bool json, FILE *out);

#endif
