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
	/* the number of further runs to predict */
	uint64_t more;
	/*
	 * The greatest share of these runs that may make a new call. 1: no
	 * limit.
	 */
	double limit;
	/* only some executables were selected */
	bool of_images;
};

/*
 * Prints to `out` how complete the runs are, as text or as JSON. NULL: prints
 * nothing. `known` marks rows that a profile always has, so that they do not
 * count. Returns false if more runs than the limit may make a new call, or if
 * no prediction is possible.
 */
bool coverage_report(const struct matrix *m, const struct coverage_choice *c,
		     enum matrix_rows rows,
		     bool (*known)(const struct row *, void *), void *arg,
		     bool json, FILE *out);

#endif
