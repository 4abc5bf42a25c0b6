/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --possible and --add: calls that are in the code of the recorded programs,
 * but that no run made. See sandprint-possible(7).
 */
#ifndef POSSIBLE_H
#define POSSIBLE_H

#include "format.h"
#include "reader.h"

struct possible_call {
	struct call_id id;
	const struct graph_call *reached;
};

/*
 * The possible calls that the profile does not allow. The likeliest comes
 * first.
 */
struct possible {
	struct reader_answer *answer;
	struct possible_call *calls;
	size_t n;
};

/* The calls that --add allows. */
struct additions {
	/* how many calls from the top of the list; 0: none */
	unsigned int possible;
	char **names;		/* such as "socket" or "x86:socketcall" */
	size_t n_names;
};

/*
 * These set the value of an option. They return NULL, or a text about a wrong
 * value, which the caller frees.
 */
char *additions_parse(struct additions *a, const char *list);
void additions_free(struct additions *a);

/*
 * Asks the reader (reader.h) about the executables of the trace. Returns false
 * if it printed and latched an error.
 */
bool possible_find(struct possible *possible, struct reader *reader,
		   const struct trace *t, const struct profile *p);
void possible_free(struct possible *possible);

/*
 * Allows the calls that --add names, with ORIGIN_ADDED. Returns false if it
 * printed and latched an error: a call cannot be added.
 */
bool possible_add(const struct possible *possible, const struct additions *a,
		  struct profile *p, const struct format *format);

/* Whether the profile allows the call, for some or all arguments. */
bool profile_allows(const struct profile *p, struct call_id id);
/* Returns "/usr/bin/nginx imports bind", which the caller frees. */
char *possible_why(const struct possible_call *call);
/*
 * Returns the call's entry in the list, even if --add added the call; NULL: the
 * list does not have it.
 */
const struct possible_call *possible_of(const struct possible *possible,
					struct call_id id);

#endif
