/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sample of runs says about further runs: statistics over the table of
 * which run makes which call. A unit is a run, a command line, or a kind of
 * run.
 */
#ifndef RISK_H
#define RISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RISK_UNITS_MIN = 10 };	/* fewer units are too few for a prediction */

struct risk {
	/*
	 * How many of `more` further units should make a call that no unit made
	 * so far: the mean, and the 95 % prediction interval.
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

/* How many things were found by exactly one unit, by exactly two, and so on. */
struct discovery {
	size_t units;
	size_t *made_by;	/* [1 .. units]; [0] is not used */
};

/* How many things `n` randomly picked units find on average. */
double discovery_after(const struct discovery *d, size_t n);
/* How many new things `more` further units should find. */
double discovery_expected(const struct discovery *d, size_t more);

#endif
