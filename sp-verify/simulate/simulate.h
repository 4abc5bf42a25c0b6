/* SPDX-License-Identifier: Apache-2.0 */
/* Judges the calls of a trace by a filter, without running anything. */
#ifndef SIMULATE_H
#define SIMULATE_H

#include "filter/filter.h"
#include "report/learn.h"
#include "report/report.h"
#include "stream/trace.h"

/*
 * Whether the trace can prove anything: it has calls, no call was lost, and,
 * unless `partial` is set, every run is complete. Problems are printed and
 * latched.
 */
bool trace_is_usable(const struct trace *t, bool partial);

/* Returns the number of distinct calls that were judged. */
size_t simulate(const struct filter *filter, const struct trace *t,
		struct report *report);

/* Whether the trace is complete. Prints nothing. */
bool trace_is_whole(const struct trace *t);
/*
 * Judges the calls that a filter of the workload itself answered, by their
 * numbers. The recording began `begun_ns` after the run. `learn` can be NULL.
 */
void simulate_hidden(const struct filter *filter, const struct trace *t,
		     uint64_t begun_ns, struct report *report,
		     struct learn *learn);

#endif
