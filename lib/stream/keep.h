/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reduces a trace to some of its runs, so that its size does not grow with the
 * number of runs: sandprint-fleet(7).
 */
#ifndef KEEP_H
#define KEEP_H

#include "stream/trace.h"

/* The range of trace.keep; an estimate needs two runs. */
enum { KEEP_MIN = 2, KEEP_MAX = 65536 };

/*
 * Leave out runs, whole, until each fact has those `t->keep` of its runs whose
 * ids have the smallest hashes, and what all runs together say about a policy
 * is still said by one. Returns the trace, or a new one, and frees `t`; the
 * trace that is returned is sorted. Nothing happens if `t->keep` is 0.
 */
struct trace *keep_runs(struct trace *t);

/*
 * How many runs there were before others were left out: of all, and of those
 * that have one of `n` facts, such as those of a call. Exact if these are less
 * than t->keep, or if t->keep is 0; else estimated.
 */
uint64_t keep_estimate(const struct trace *t);
uint64_t keep_estimate_of(const struct trace *t, struct fact *const *facts,
			  size_t n);

/*
 * "12 of about 340 runs (sp-merge --keep-runs=5)"; heap. NULL: all runs are
 * there.
 */
char *keep_text(const struct trace *t);
/* Why there is no such thing as `what` then, "the matrix"; heap. */
char *keep_refusal(const struct trace *t, const char *what);

#endif
