/* SPDX-License-Identifier: Apache-2.0 */
/* --table: sums the results in a stream for each call. */
#ifndef EMIT_RESULTS_H
#define EMIT_RESULTS_H

#include "stream/trace.h"

struct results;

struct result_sum {
	uint64_t n;		/* the number of calls that ended */
	uint64_t errors;	/* the number of calls that failed */
	uint64_t ns;		/* the total time from entry to end */
};

struct results *results_new(void);
void results_free(struct results *r);
const struct trace_sink *results_sink(const struct results *r);
/* Whether the stream has results. Accepts NULL. */
bool results_exist(const struct results *r);
struct result_sum results_of(const struct results *r, struct call_id id);
/*
 * Whether a return value is an error: -errno, or a code that only the kernel
 * sees.
 */
bool result_is_error(int64_t result);

#endif
