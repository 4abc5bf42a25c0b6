/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that a profile denies, as a trace that can be merged with the
 * recordings behind the profile.
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
 * A command begins: the calls that follow belong to its run. Takes over the
 * run, and fills in its start, its end and how it was made.
 */
void learn_begin(struct learn *learn, struct run *run);
/* A call that was denied once. `image` NULL: not known. */
void learn_call(struct learn *learn, const struct executable *image,
		struct call_id id, const uint64_t args[static 6],
		uint64_t time_ns);
/* Calls of which only the number is known. `path` NULL: not known. */
void learn_logged(struct learn *learn, const char *path, struct call_id id,
		  uint64_t count, uint64_t time_ns);
/*
 * A call that a filter of the workload's own answered: a denial, or a call that
 * was done in its place, from a recording that began `begun_ns` after the run.
 */
void learn_hidden(struct learn *learn, const struct trace *from,
		  const struct fact *fact, uint64_t count, uint64_t begun_ns);
/* The command has ended, and its run with it. */
void learn_end(struct learn *learn, bool has_status, int32_t status,
	       uint64_t duration_ns, bool complete);

/*
 * Add the facts of a trace's runs that the filter denies. Runs that are not of
 * --learn already get another id, the same each time.
 */
void learn_trace(struct learn *learn, const struct trace *from,
		 const struct filter *filter);

void learn_write(struct learn *learn, FILE *file);

#endif
