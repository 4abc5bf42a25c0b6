/* SPDX-License-Identifier: Apache-2.0 */
/* The notes about a recording at its end, on stderr and in its run record. */
#ifndef REPORT_H
#define REPORT_H

#include "log.h"
#include "splits.h"
#include "recording.h"
#include "stream/trace.h"
#include "tracer.h"

/*
 * Add to the run record what this recording could not see. `withheld` is what
 * tracer_withheld() returned.
 */
void report_blindness(struct run *run, const struct trace *trace,
		      const struct tracer_glance *glance,
		      const char *withheld);
void report_losses(const struct run *run, const struct trace *trace,
		   const struct tracer_glance *glance);
/* For a trace with one run. */
void report_summary(const struct trace *trace, const struct recording *r,
		    uint64_t tasks);

/* What --split found, and what it had no room for. */
void report_splits(const struct split *split, const struct splits_read *splits);

/* With --every: which calls' events were lost, and how many. */
void report_missing(const struct log *log, const struct trace *trace);

#endif
