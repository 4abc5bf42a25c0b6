/* SPDX-License-Identifier: Apache-2.0 */
/* A recording's end: from the kernel's tables to the facts of a trace. */
#ifndef COLLECT_H
#define COLLECT_H

#include "stream/trace.h"
#include "tracer.h"

/*
 * Everything that was counted becomes facts of the trace's run `run`, and what
 * was lost goes to its record; of later phases, of the runs after it.
 */
void collect(struct tracer *t, struct trace *trace, uint32_t run);

#endif
