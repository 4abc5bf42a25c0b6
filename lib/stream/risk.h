/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sample of runs tells about further runs: statistics over "which run
 * makes which call". A unit is a run, a command line or a kind of runs.
 */
#ifndef RISK_H
#define RISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RISK_UNITS_MIN = 10 };	/* fewer say too little */

struct risk {
	/*
	 * Of `more` units like these, how many should make a call that none of
	 * these made: the mean, and the 95 % prediction interval.
	 */
	double mean;
	uint64_t lower, upper;
};

/*
 * By leaving out one unit at a time: `unique` of the `units` make a call that
 * no other one makes. Where a unit is a group of runs, it is a sum of shares.
 */
struct risk risk_predict(double unique, size_t units, uint64_t more);

/* How many things were made by exactly one unit, exactly two, and so on. */
struct discovery {
	size_t units;
	size_t *made_by;	/* [1 .. units]; [0] is not used */
};

/* How many things `n` units, picked at random, make on average. */
double discovery_after(const struct discovery *d, size_t n);
/* How many new things so many further units should make. */
double discovery_expected(const struct discovery *d, size_t more);

#endif
