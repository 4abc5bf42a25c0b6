/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a recording: turns the kernel's tables into facts of a trace. */
#ifndef COLLECT_H
#define COLLECT_H

#include "splits.h"
#include "stream/trace.h"
#include "tracer.h"

/*
 * Turns all counts into facts of the trace's run `run`, and adds the losses to
 * its record. Later phases, or the further runs of --split, become the runs
 * after it. `splits` is NULL without --split.
 */
void collect(struct tracer *t, struct splits_read *splits,
	     struct trace *trace, uint32_t run);

#endif
