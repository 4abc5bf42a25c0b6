/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predictions about further runs from a sample of runs: statistics over the
 * table of which run makes which call. A unit is a run, a command line, or a
 * kind of run.
 */
#ifndef RISK_H
#define RISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RISK_UNITS_MIN = 10 };	/* fewer units are too few for a prediction */

struct risk {
	/*
	 * The number of `more` further units that should make a call which no
	 * unit has made so far: the mean, and the 95 % prediction interval.
	 */
	double mean;
	uint64_t lower, upper;
};

/*
 * The prediction leaves out one unit at a time: `unique` of the `units` make a
 * call that no other unit makes. If a unit is a group of runs, `unique` is a
 * sum of shares.
 */
struct risk risk_predict(double unique, size_t units, uint64_t more);

/*
 * The number of things that exactly one unit found, that exactly two found, and
 * so on.
 */
struct discovery {
	size_t units;
	size_t *made_by;	/* [1 .. units]; [0] is not used */
};

/* Returns how many things `n` randomly picked units find on average. */
double discovery_after(const struct discovery *d, size_t n);
/* Returns how many new things `more` further units should find. */
double discovery_expected(const struct discovery *d, size_t more);

#endif
