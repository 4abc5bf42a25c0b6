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
	const char *from, *until;	/* marks, or NULL */
	bool by_image;
	bool partial;			/* streams may end early */
	bool harness;			/* with what belongs to no run */
	struct selection selection;	/* of images */
};

/*
 * Keep the calls of selected images; `name` is what messages call the trace.
 * False: a pattern is wrong, which was printed and latched.
 */
bool select_calls(struct trace **t, const char *name,
		  const struct selection *selection);
/* Without `harness`, leave out what belongs to no run of --split; the same. */
bool select_runs(struct trace **t, const char *name, bool harness);

/* Read what must be read before the sandbox begins: see profile_prepare(). */
void side_prepare(struct input *in, struct host *host);
/*
 * Read a side, and close the input; which of the two it is shows in the first
 * byte. `host` is what a profile is resolved for. False: the reason was printed
 * and latched. side_free() in either case.
 */
bool side_load(struct side *s, struct input *in,
	       const struct side_choice *choice, const struct host *host);
void side_free(struct side *s);

#endif
