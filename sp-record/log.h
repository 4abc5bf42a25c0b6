/* SPDX-License-Identifier: Apache-2.0 */
/* With --every: writes the kernel's log of each CPU to the stream. */
#ifndef LOG_H
#define LOG_H

#include <stdio.h>

#include "stream/stream.h"
#include "stream/trace.h"
#include "tracer.h"

enum { LOG_EVENTS_DEFAULT = 131072, LOG_EVENTS_MAX = 1 << 24 };

struct log;

/*
 * Begins a segment in `file`, and writes events as they come, in a thread of
 * its own: a slow reader only delays this thread. Returns NULL and errno on
 * failure.
 */
struct log *log_start(struct tracer *t, FILE *file);
/*
 * Writes the remaining events. The caller finishes the segment. ferror(file)
 * shows errors.
 */
struct stream_writer *log_stop(struct log *log);
/*
 * Calls of the trace for which some events were not written, or NULL. Each is a
 * call of `totals` whose count is the number of missing events. The largest
 * number comes first. The caller frees the array.
 */
struct call_total *log_missing(const struct log *log,
			       const struct trace *trace, size_t *n);
void log_free(struct log *log);

#endif
