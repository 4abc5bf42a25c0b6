/* SPDX-License-Identifier: Apache-2.0 */
/* A recording's end: from the kernel's tables to the facts of a trace. */
#ifndef COLLECT_H
#define COLLECT_H

#include "stream/trace.h"
#include "tracer.h"

/*
 * Turn all counts into facts of the trace's run `run`, and note the losses in
 * its record. Later phases go into the runs after it.
 */
void collect(struct tracer *t, struct trace *trace, uint32_t run);

#endif
