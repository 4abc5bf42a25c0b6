/* SPDX-License-Identifier: Apache-2.0 */
/* The notes at the end of a recording, on stderr and in its run record. */
#ifndef REPORT_H
#define REPORT_H

#include "log.h"
#include "splits.h"
#include "recording.h"
#include "stream/trace.h"
#include "tracer.h"

/*
 * Adds what the recording could not see to the record of each run. `withheld`
 * comes from tracer_withheld().
 */
void report_blindness(const struct trace *trace,
		      const struct tracer_glance *glance, const char *withheld);
void report_losses(const struct run *run, const struct trace *trace,
		   const struct tracer_glance *glance);
/* Prints the summary of a trace with one run. */
void report_summary(const struct trace *trace, const struct recording *r,
		    uint64_t tasks);

/* Prints which runs --split found, and which runs had no room. */
void report_splits(const struct split *split, const struct splits_read *splits);

/* With --every: prints the calls that lack events, and how many they lack. */
void report_missing(const struct log *log, const struct trace *trace);

#endif
