/* SPDX-License-Identifier: Apache-2.0 */
/* The results in a stream, summed for each call: for --table. */
#ifndef EMIT_RESULTS_H
#define EMIT_RESULTS_H

#include "stream/trace.h"

struct results;

struct result_sum {
	uint64_t n;		/* calls that ended */
	uint64_t errors;	/* of these */
	uint64_t ns;		/* from entry to end */
};

struct results *results_new(void);
void results_free(struct results *r);
const struct trace_sink *results_sink(const struct results *r);
/* Whether there were any; NULL: no. */
bool results_exist(const struct results *r);
struct result_sum results_of(const struct results *r, struct call_id id);
/* Whether a call's return value is an error: -errno, or the kernel's own. */
bool result_is_error(int64_t result);

#endif
