/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data that the reports for people share: the calls, and how complete they
 * are.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include "format.h"
#include "kernel/ability.h"
#include "kernel/danger.h"
#include "kernel/purpose.h"
#include "sample.h"
#include "stream/risk.h"

struct digest_call {
	struct call_id id;
	/* "read", or "read (x86)" for another architecture */
	char *name;
	const struct purpose *purpose;
	/* the ability that the call belongs to; NULL: none */
	const struct ability *ability;
	/* NULL: not dangerous, or not allowed */
	const struct danger *danger;
	bool allowed;
	bool observed;
	char *reasons;		/* such as "observed, kernel" */
	struct fact **facts;	/* n_facts facts, one for each image */
	size_t n_facts;
	uint64_t count, first_ns;
	/* counts, indexed by the run's index in the trace */
	uint64_t *by_run;
	size_t n_runs;		/* the number of runs that made it */
	/*
	 * The number of groups of runs (sample.h) that made the call. It is 0
	 * if a group of calls always adds the call. If the number is 1,
	 * `only_run` is the first run of that group that made it.
	 */
	size_t n_groups, only_run;
	char **arguments;	/* such as "3 times ioctl(TCGETS)", unescaped */
	size_t n_arguments;
};

struct digest {
	const struct emit *emit;
	struct digest_call *calls;	/* sorted by architecture and number */
	size_t n;
	size_t allowed;		/* allowed calls of the native architecture */
	size_t observed;	/* those of `allowed` that a run made */
	size_t foreign;		/* allowed calls of other architectures */
	/* dangerous calls that are allowed, by rank from 1 */
	size_t dangers[4];
	/*
	 * The number of calls that Docker's default profile allows. 0: unknown.
	 */
	size_t usual;
	/*
	 * the number of groups of runs, and how many calls each number of
	 * groups makes
	 */
	struct discovery discovery;
	const struct sample_words *words;	/* nouns for these groups */
	/* the number of groups with a call that no other group makes */
	size_t lone;
	double unique;
	/* the number of runs; all parts of one recording count as one */
	size_t recordings;
	size_t failed;		/* those of `recordings` that failed */
	struct fact **facts;	/* private */
	struct fact **stacks;	/* facts_by_id() */
};

struct digest *digest_new(const struct emit *emit);
void digest_free(struct digest *d);

/*
 * Returns a sentence such as "The profile allows 52 system calls of x86_64",
 * compared with Docker's default profile. The caller frees it.
 */
char *digest_verdict(const struct digest *d);
/*
 * Returns the program that the profile is for: "redis-server and 2 other
 * programs", unescaped; the caller frees it.
 */
char *digest_program(const struct digest *d);
/*
 * Returns the command line of the run, or "-"; the end of a long one is left
 * out, because an argument can be a whole script. The caller frees it.
 */
char *digest_command(const struct run *run);
/*
 * Whether the command lines are too few for a prediction, but the runs would be
 * enough: the runs of a service often have the same command line.
 */
bool digest_has_repeats(const struct digest *d);
/*
 * Returns "low", "fair" or "high": the certainty that the profile lacks no
 * call.
 */
const char *digest_grade(const struct digest *d);
/*
 * Returns a sentence about the prediction that the runs allow; the caller frees
 * it.
 */
char *digest_certainty(const struct digest *d);
/*
 * Returns the next steps for the user: texts, with NULL after the last. The
 * caller frees them all.
 */
char **digest_advice(const struct digest *d);
/*
 * Returns "1 by /usr/bin/ls" for fact `i` of a call. It is not escaped; the
 * caller frees it.
 */
char *digest_maker(const struct digest *d, const struct digest_call *call,
		   size_t i);

#endif
