/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposes tests that are missing. The recording and the code of the
 * executables show abilities of the program. For each ability that no run used,
 * this proposes a test, with the evidence.
 */
#ifndef PROPOSAL_H
#define PROPOSAL_H

#include "digest.h"

/*
 * A part of a sentence. It is our own text, or a name from outside (`outside`),
 * which the format must escape.
 */
struct proposal_part {
	char *text;
	bool outside;
};

struct proposal {
	char *test;		/* "Add a run in which …"; our own words */
	char *like;		/* the name of a run, after `test`, or NULL */
	/* the names of the calls that the test is about; NULL after the last */
	char **calls;
	size_t n_calls;
	struct proposal_part *why;	/* a sentence without its dot */
	size_t n_why;
};

struct proposals {
	/* sorted: a tester should begin with the first one */
	struct proposal *at;
	size_t n;
};

struct proposals *proposals_new(const struct digest *d);
void proposals_free(struct proposals *p);

/*
 * Returns "Tests can also be proposed from the code …", or NULL if the code was
 * already used.
 */
const char *proposals_hint(const struct digest *d);

/* The following is only for proposal*.c. */

struct proposal *propose(struct proposals *p, char *test);
void because(struct proposal *p, char *text);
void because_of(struct proposal *p, char *name);
void propose_call(struct proposal *p, const char *name);

/*
 * With --possible: adds proposals from the code of the executables, for
 * abilities that no run used. Their numbers are `from` to `to` - 1 in the list
 * of all such proposals.
 */
void propose_by_code(struct proposals *p, const struct digest *d,
		     size_t from, size_t to);
/* Whether only the start of the command made the call. */
bool digest_is_initial(const struct digest_call *call);
/* Whether a run made one of the calls (" a b "), after the program's exec. */
bool digest_saw(const struct digest *d, const char *calls);

#endif
