/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reduces a trace to some of its runs, so that its size does not grow with the
 * number of runs: sandprint-fleet(7).
 */
#ifndef KEEP_H
#define KEEP_H

#include "stream/trace.h"

/* The range of trace.keep: an estimate needs at least two runs. */
enum { KEEP_MIN = 2, KEEP_MAX = 65536 };

/*
 * Leaves out whole runs. Each fact keeps the `t->keep` runs whose ids have the
 * smallest hashes; some runs are kept in addition, so that policies do not
 * change. Returns the trace, sorted: `t` itself, or a new trace, and then `t`
 * was freed. Does nothing if `t->keep` is 0.
 */
struct trace *keep_runs(struct trace *t);

/*
 * Estimates the number of runs before runs were left out: of all runs, or of
 * those that have one of `n` facts, such as the facts of a call. The number is
 * exact if it is less than t->keep, or if t->keep is 0.
 */
uint64_t keep_estimate(const struct trace *t);
uint64_t keep_estimate_of(const struct trace *t, struct fact *const *facts,
			  size_t n);

/*
 * Returns "12 of about 340 runs (sp-merge --keep-runs=5)", which the caller
 * frees. NULL: no run was left out.
 */
char *keep_text(const struct trace *t);
/*
 * Returns the error for an output, such as "the matrix", that needs all runs;
 * the caller frees it.
 */
char *keep_refusal(const struct trace *t, const char *what);

#endif
