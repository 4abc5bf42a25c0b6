/* SPDX-License-Identifier: Apache-2.0 */
/* With --split: the runs that the kernel side has found. */
#ifndef SPLITS_H
#define SPLITS_H

#include "stream/trace.h"
#include "tracer.h"

struct splits_read;

/* What there is by now. NULL: without --split. */
struct splits_read *splits_open(struct tracer *t);
void splits_close(struct splits_read *s);

/* The run that an image id belongs to: 0 is the harness'. */
uint32_t splits_run_of(const struct splits_read *s, uint32_t id);
/* When a run began, by tracer_now(). */
uint64_t splits_start(const struct splits_read *s, uint32_t run);

/*
 * Add the harness' run, and the others after it, in the order in which they
 * began. `whole` is what is known of all of them.
 */
void splits_add_runs(const struct splits_read *s, const struct run *whole,
		     bool no_argv, struct trace *trace);

/* While it is recorded: whether the run has ended; whether two have one text. */
bool splits_ended(const struct splits_read *s, uint32_t run);
bool splits_equal(const struct splits_read *s, uint32_t a, uint32_t b);

/* How many runs there are apart from the harness'. */
size_t splits_count(const struct splits_read *s);
/* Runs that are one run, and executions in it, for which there was no room. */
uint64_t splits_joined(const struct splits_read *s, uint64_t *executions);
/* Marks whose text could not be read. */
uint64_t splits_unread(const struct splits_read *s);

#endif
