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
 * Begins a segment in `file`. A thread of its own writes events as they come,
 * so a slow reader only delays this thread. Returns NULL with errno on failure.
 */
struct log *log_start(struct tracer *t, FILE *file);
/*
 * Writes the remaining events. The caller finishes the segment. After a failed
 * write, ferror(file) is set.
 */
struct stream_writer *log_stop(struct log *log);
/*
 * Returns the calls of the trace that lack events, or NULL. Each is a call of
 * `totals`; its count is the number of missing events. They are sorted by this
 * number, the largest first. The caller frees the array.
 */
struct call_total *log_missing(const struct log *log,
			       const struct trace *trace, size_t *n);
void log_free(struct log *log);

#endif
