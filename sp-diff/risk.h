/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sample of runs says of runs that were not made: statistics over
 * "which run makes which call", where a run, a command line or a kind of runs
 * is a unit.
 */
#ifndef RISK_H
#define RISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RISK_UNITS_MIN = 10 };	/* fewer say too little */

struct risk {
	/*
	 * Of `more` units like these, how many are expected to make a call
	 * that none of these made, and the 95 % prediction interval.
	 */
	double mean;
	uint64_t lower, upper;
};

/*
 * By leaving one unit out: `unique` of the `units` make a call that no other
 * one makes. It is a sum of shares where a unit is a group of runs.
 */
struct risk risk_predict(double unique, size_t units, uint64_t more);

/* How many things were made by exactly one, exactly two … of the units. */
struct discovery {
	size_t units;
	size_t *made_by;	/* [1 .. units]; [0] is not used */
};

/* How many things `n` of the units, picked at random, make on average. */
double discovery_after(const struct discovery *d, size_t n);
/* How many new things so many more units should make. */
double discovery_expected(const struct discovery *d, size_t more);

#endif
