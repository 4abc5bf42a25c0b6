/* SPDX-License-Identifier: Apache-2.0 */
/* A filter against the calls of a trace: nothing is run. */
#ifndef SIMULATE_H
#define SIMULATE_H

#include "filter/filter.h"
#include "report/learn.h"
#include "report/report.h"
#include "stream/trace.h"

/*
 * Whether the trace can prove anything: it has calls, none was lost, and
 * unless `partial` every run is complete. Problems are printed and latched.
 */
bool trace_is_usable(const struct trace *t, bool partial);

/* Returns how many distinct calls were looked at. */
size_t simulate(const struct filter *filter, const struct trace *t,
		struct report *report);

/* Whether it is whole, in silence. */
bool trace_is_whole(const struct trace *t);
/*
 * The calls of a recording that a filter of the workload's own answered, by
 * their number; it began so long after the run. `learn` may be NULL.
 */
void simulate_hidden(const struct filter *filter, const struct trace *t,
		     uint64_t begun_ns, struct report *report,
		     struct learn *learn);

#endif
