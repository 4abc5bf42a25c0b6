/* SPDX-License-Identifier: Apache-2.0 */
/* With --every: from the kernel's log of each CPU into the stream. */
#ifndef LOG_H
#define LOG_H

#include <stdio.h>

#include "stream/stream.h"
#include "stream/trace.h"
#include "tracer.h"

enum { LOG_EVENTS_DEFAULT = 131072, LOG_EVENTS_MAX = 1 << 24 };

struct log;

/*
 * Begin a segment in `file`, and write events as they come, in a thread of its
 * own: a slow reader delays that thread only. NULL: errno.
 */
struct log *log_start(struct tracer *t, FILE *file);
/*
 * Write the remaining events. The caller finishes the segment. Errors show in
 * ferror(file).
 */
struct stream_writer *log_stop(struct log *log);
/*
 * The calls in the trace for which no event was written; NULL: none. Each is a
 * call of `totals` with the number of missing events as its count; the caller
 * frees.
 */
struct call_total *log_missing(const struct log *log,
			       const struct trace *trace, size_t *n);
void log_free(struct log *log);

#endif
