/* SPDX-License-Identifier: Apache-2.0 */
/* With --split: the runs that the kernel side found. */
#ifndef SPLITS_H
#define SPLITS_H

#include "stream/trace.h"
#include "tracer.h"

struct splits_read;

/* Returns the runs that exist by now. Returns NULL without --split. */
struct splits_read *splits_open(struct tracer *t);
void splits_close(struct splits_read *s);

/* Returns the run of an image id. 0 is the harness. */
uint32_t splits_run_of(const struct splits_read *s, uint32_t id);
/* Returns when a run began, on the clock of tracer_now(). */
uint64_t splits_start(const struct splits_read *s, uint32_t run);

/*
 * Adds the harness's run and the other runs, in the order in which they began.
 * `whole` has the data that all of them share.
 */
void splits_add_runs(const struct splits_read *s, const struct run *whole,
		     bool no_argv, struct trace *trace);

/*
 * For use during a recording: whether a run has ended, and whether two runs
 * have the same text.
 */
bool splits_ended(const struct splits_read *s, uint32_t run);
bool splits_equal(const struct splits_read *s, uint32_t a, uint32_t b);

/* Returns the number of runs without the harness. */
size_t splits_count(const struct splits_read *s);
/*
 * Returns the number of runs that share the last run record for lack of room,
 * and the number of executions in it.
 */
uint64_t splits_joined(const struct splits_read *s, uint64_t *executions);
/* Returns the number of marks whose text could not be read. */
uint64_t splits_unread(const struct splits_read *s);

#endif
