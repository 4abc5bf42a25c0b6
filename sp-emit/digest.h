/* SPDX-License-Identifier: Apache-2.0 */
/* What the reports for people have in common: the calls, and how sure they are. */
#ifndef DIGEST_H
#define DIGEST_H

#include "format.h"
#include "kernel/danger.h"
#include "kernel/purpose.h"
#include "stream/risk.h"

struct digest_call {
	struct call_id id;
	char *name;		/* "read", or "read (x86)" */
	const struct purpose *purpose;
	const struct danger *danger;	/* NULL: none, or the call is not allowed */
	bool allowed;
	bool observed;
	char *reasons;		/* "observed, kernel" */
	struct fact **facts;	/* by image; `n_facts` of them */
	size_t n_facts;
	uint64_t count, first_ns;
	uint64_t *by_run;	/* counts, by the run's index in the trace */
	size_t n_runs;		/* that made it */
	char **arguments;	/* "3 times ioctl(TCGETS)", unescaped */
	size_t n_arguments;
};

struct digest {
	const struct emit *emit;
	struct digest_call *calls;	/* by architecture and number */
	size_t n;
	size_t allowed;		/* of the native architecture */
	size_t observed;	/* allowed, and made by a run */
	size_t foreign;		/* allowed, of other architectures */
	size_t dangers[4];	/* allowed, by rank from 1 */
	size_t usual;		/* what Docker allows on this architecture, or 0 */
	/* Command lines, each of which one or more runs repeated. */
	struct discovery discovery;
	size_t unique;		/* units with a call that no other one makes */
	size_t recordings;	/* runs, the parts of one counted once */
	size_t failed;		/* of these: ending_is_failure() */
	struct fact **facts;	/* private */
};

struct digest *digest_new(const struct emit *emit);
void digest_free(struct digest *d);

/* "52 system calls of x86_64; Docker's default profile allows 309"; heap. */
char *digest_verdict(const struct digest *d);
/* What the runs say about further runs, a sentence; heap. */
char *digest_certainty(const struct digest *d);
/* What to do next: heap texts, NULL after the last; the caller frees all. */
char **digest_advice(const struct digest *d);
/* "1 by /usr/bin/ls" for the number of a call's facts; unescaped, heap. */
char *digest_maker(const struct digest *d, const struct digest_call *call,
		   size_t i);

#endif
