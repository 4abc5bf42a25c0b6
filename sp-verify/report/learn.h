/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile denies, as a trace to merge with what it was made from. */
#ifndef LEARN_H
#define LEARN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "filter/filter.h"
#include "run/caller.h"
#include "stream/trace.h"

struct learn;

struct learn *learn_new(void);
void learn_free(struct learn *learn);

/*
 * A command begins: what comes next is of its run, which is taken over. Its
 * start, its end and how it came about are filled in here.
 */
void learn_begin(struct learn *learn, struct run *run);
/* A call that was denied once. `image` NULL: not known. */
void learn_call(struct learn *learn, const struct executable *image,
		struct call_id id, const uint64_t args[static 6],
		uint64_t time_ns);
/* Calls of which nothing else is known. `path` NULL: not known. */
void learn_logged(struct learn *learn, const char *path, struct call_id id,
		  uint64_t count, uint64_t time_ns);
/*
 * What a filter of the workload's own answered: a denial, or a call that was
 * done in its place, of a recording that began so long after the run.
 */
void learn_hidden(struct learn *learn, const struct trace *from,
		  const struct fact *fact, uint64_t count, uint64_t begun_ns);
/* The command's run has come to its end. */
void learn_end(struct learn *learn, bool has_status, int32_t status,
	       uint64_t duration_ns, bool complete);

/*
 * Of a trace: those facts of its runs that the filter denies. Runs that are
 * not such ones already get another id, the same each time.
 */
void learn_trace(struct learn *learn, const struct trace *from,
		 const struct filter *filter);

void learn_write(struct learn *learn, FILE *file);

#endif
