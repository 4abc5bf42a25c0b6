/* SPDX-License-Identifier: Apache-2.0 */
/* A recording's end: from the kernel's tables to the facts of a trace. */
#ifndef COLLECT_H
#define COLLECT_H

#include "splits.h"
#include "stream/trace.h"
#include "tracer.h"

/*
 * Turn all counts into facts of the trace's run `run`, and note the losses in
 * its record. Later phases and runs of --split go into the runs after it;
 * `splits` is NULL without --split.
 */
void collect(struct tracer *t, struct splits_read *splits,
	     struct trace *trace, uint32_t run);

#endif
