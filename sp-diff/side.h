/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A side of a comparison: the calls of a trace, or those that a profile allows.
 */
#ifndef SIDE_H
#define SIDE_H

#include "profile/profile.h"
#include "profile/thread-calls.h"
#include "stream/select.h"

struct entry {
	struct call_id id;
	const struct image *image;	/* NULL: all images together */
	uint64_t count;			/* 0 for a profile */
	/* whether only some repeated runs of a unit made it */
	bool unsteady;
};

struct side {
	struct trace *trace;		/* NULL for a profile */
	struct profile *profile;	/* NULL: a trace */
	const struct arch *native;	/* architecture of the workload */
	/* the result of thread_calls() for a trace */
	struct thread_call *threads;
	size_t n_threads;
	/* sorted by entry_compare(), without duplicates */
	struct entry *entries;
	size_t n_entries;
};

/* Compares by (arch, nr), then by image. */
int entry_compare(const struct entry *a, const struct entry *b);

/* Selects the part of a trace that is compared. */
struct side_choice {
	const char *from, *until;	/* names of marks, or NULL */
	bool by_image;
	bool partial;			/* accept truncated streams */
	/* include the calls that belong to no run of --split */
	bool harness;
	struct selection selection;	/* of images */
};

/*
 * Keeps the calls of selected images. Messages begin with `name`. Returns false
 * if it printed and latched an error: a pattern is wrong.
 */
bool select_calls(struct trace **t, const char *name,
		  const struct selection *selection);
/*
 * Leaves out the calls that belong to no run of --split, unless `harness` is
 * set. Returns false as select_calls() does.
 */
bool select_runs(struct trace **t, const char *name, bool harness);

/*
 * Reads the data that must be read before the sandbox: see profile_prepare().
 */
void side_prepare(struct input *in, struct host *host);
/*
 * Reads a side and closes the input. The first byte shows whether it is a
 * stream or a profile. A profile's conditions are resolved for `host`. Returns
 * false if it printed and latched an error. Call side_free() in either case.
 */
bool side_load(struct side *s, struct input *in,
	       const struct side_choice *choice, const struct host *host);
void side_free(struct side *s);

#endif
