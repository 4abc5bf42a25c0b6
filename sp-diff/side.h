/* SPDX-License-Identifier: Apache-2.0 */
/* One side of a comparison: the calls of a trace, or those a profile allows. */
#ifndef SIDE_H
#define SIDE_H

#include "profile/profile.h"
#include "stream/select.h"

struct entry {
	struct call_id id;
	const struct image *image;	/* NULL: whatever the image */
	uint64_t count;			/* 0 in a profile */
	bool unsteady;			/* see struct unit_row */
};

struct side {
	struct trace *trace;		/* NULL: a profile */
	struct profile *profile;	/* NULL: a trace */
	const struct arch *native;	/* of the workload */
	struct entry *entries;		/* by entry_compare(), each one once */
	size_t n_entries;
};

/* By (arch, nr), then image. */
int entry_compare(const struct entry *a, const struct entry *b);

/* Which part of a trace is compared. */
struct side_choice {
	const char *from, *until;	/* names of marks, or NULL */
	bool by_image;
	bool partial;			/* accept streams that end early */
	bool harness;			/* include what belongs to no run */
	struct selection selection;	/* of images */
};

/*
 * Keeps the calls of selected images. `name` is what messages call the trace.
 * Returns false if a pattern is wrong, which was printed and latched.
 */
bool select_calls(struct trace **t, const char *name,
		  const struct selection *selection);
/*
 * Leaves out what belongs to no run of --split, unless `harness` is set.
 * Returns like select_calls().
 */
bool select_runs(struct trace **t, const char *name, bool harness);

/* Read what must be read before the sandbox begins: see profile_prepare(). */
void side_prepare(struct input *in, struct host *host);
/*
 * Reads a side, a stream or a profile as its first byte shows, and closes the
 * input. `host` is what a profile is resolved for. Returns false if it printed
 * and latched an error. Call side_free() in either case.
 */
bool side_load(struct side *s, struct input *in,
	       const struct side_choice *choice, const struct host *host);
void side_free(struct side *s);

#endif
