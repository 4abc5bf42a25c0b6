/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a stream as strace -f prints them. */
#ifndef EMIT_STRACE_H
#define EMIT_STRACE_H

#include <stdio.h>

#include "stream/trace.h"

struct strace;

/* Writes to `out` what the sink is given. */
struct strace *strace_new(FILE *out);
const struct trace_sink *strace_sink(const struct strace *s);
/* Print calls that have no result, and a note about losses. */
void strace_finish(struct strace *s, const struct trace *trace);
void strace_free(struct strace *s);

#endif
