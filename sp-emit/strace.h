/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the events of a stream in the form of strace -f. */
#ifndef EMIT_STRACE_H
#define EMIT_STRACE_H

#include <stdio.h>

#include "stream/trace.h"

struct strace;

/* The sink of the result writes every event to `out`. */
struct strace *strace_new(FILE *out);
const struct trace_sink *strace_sink(const struct strace *s);
/* Writes calls without a result, and a note about losses. */
void strace_finish(struct strace *s, const struct trace *trace);
void strace_free(struct strace *s);

#endif
