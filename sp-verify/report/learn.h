/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the calls that a profile denies as a trace, which can be merged with
 * the recordings from which the profile was made.
 */
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
 * Begins a command and its run, to which the next calls belong. Takes ownership
 * of the run, and sets its start, its end and how it was made.
 */
void learn_begin(struct learn *learn, struct run *run);
/* Adds a denied call. `image` NULL: unknown. */
void learn_call(struct learn *learn, const struct executable *image,
		struct call_id id, const uint64_t args[static 6],
		uint64_t time_ns);
/* Adds calls of which only the number is known. `path` NULL: unknown. */
void learn_logged(struct learn *learn, const char *path, struct call_id id,
		  uint64_t count, uint64_t time_ns);
/*
 * Adds a call that a filter of the workload itself answered: it was denied, or
 * a supervisor handled it. It comes from a recording that began `begun_ns`
 * after the run.
 */
void learn_hidden(struct learn *learn, const struct trace *from,
		  const struct fact *fact, uint64_t count, uint64_t begun_ns);
/* Ends the command and its run. */
void learn_end(struct learn *learn, bool has_status, int32_t status,
	       uint64_t duration_ns, bool complete);

/*
 * Adds the facts of a trace that the filter denies, with their runs. A run that
 * is not of --learn gets another id, which depends only on its own.
 */
void learn_trace(struct learn *learn, const struct trace *from,
		 const struct filter *filter);

void learn_write(struct learn *learn, FILE *file);

#endif
