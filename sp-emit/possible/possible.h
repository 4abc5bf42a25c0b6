/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --possible and --add: calls that the recorded programs contain, and that no
 * run made. sandprint-possible(7).
 */
#ifndef POSSIBLE_H
#define POSSIBLE_H

#include "format.h"
#include "reader.h"

struct possible_call {
	struct call_id id;
	const struct graph_call *reached;
};

/* The calls that the profile does not allow, the likeliest first. */
struct possible {
	struct reader_answer *answer;
	struct possible_call *calls;
	size_t n;
};

/* Of the command line: --add. */
struct additions {
	unsigned int possible;	/* the first so many; 0: none */
	char **names;		/* "socket" or "x86:socketcall" */
	size_t n_names;
};

/* An option's value. NULL: taken; else what is wrong, heap. */
char *additions_parse(struct additions *a, const char *list);
void additions_free(struct additions *a);

/*
 * Ask the reader about the executables of the trace. False: it could not say;
 * printed and latched.
 */
bool possible_find(struct possible *possible, struct reader *reader,
		   const struct trace *t, const struct profile *p);
void possible_free(struct possible *possible);

/* Allow what was asked for, with ORIGIN_ADDED. False: printed and latched. */
bool possible_add(const struct possible *possible, const struct additions *a,
		  struct profile *p, const struct format *format);

/* Whether the profile allows the call, if only with some arguments. */
bool profile_allows(const struct profile *p, struct call_id id);
/* "/usr/bin/nginx imports bind", heap. */
char *possible_why(const struct possible_call *call);
/* The call in the list, whether it has been added or not; NULL: none. */
const struct possible_call *possible_of(const struct possible *possible,
					struct call_id id);

#endif
