/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests that are missing: what the program can do, by the recording and by its
 * code, and what no run did. Each is proposed with its evidence.
 */
#ifndef PROPOSAL_H
#define PROPOSAL_H

#include "digest.h"

/* Our own words, or a name from outside, which the format has to escape. */
struct proposal_part {
	char *text;
	bool outside;
};

struct proposal {
	char *test;		/* "Add a run in which …"; our own words */
	/* Of these calls; NULL after the last. Names of calls. */
	char **calls;
	size_t n_calls;
	struct proposal_part *why;	/* a sentence without its dot */
	size_t n_why;
};

struct proposals {
	struct proposal *at;	/* the one to begin with comes first */
	size_t n;
};

struct proposals *proposals_new(const struct digest *d);
void proposals_free(struct proposals *p);

/* "Tests can also be proposed from the code …", or NULL: they are. */
const char *proposals_hint(const struct digest *d);

/* The rest is for proposal*.c. */

struct proposal *propose(struct proposals *p, char *test);
void because(struct proposal *p, char *text);
void because_of(struct proposal *p, char *name);
void propose_call(struct proposal *p, const char *name);

/*
 * From the code of the executables, with --possible: what they can do
 * and no run did, those from number `from` up to `to`.
 */
void propose_by_code(struct proposals *p, const struct digest *d,
		     size_t from, size_t to);
/* Whether a run made one of the calls (" a b "), after the program's exec. */
bool digest_saw(const struct digest *d, const char *calls);

#endif
