/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the profile that a format will write from a trace. */
#ifndef BUILD_H
#define BUILD_H

#include "format.h"

struct build {
	uint32_t default_action;
	struct group_choice choice;
	unsigned int flags;	/* of the format */
	bool allow_denied;	/* as if no filter had denied them */
	bool deny_denied;	/* allow them whatever the answer was */
};

/*
 * Allow calls that answered ENOSYS: the format cannot give them that answer,
 * and its default answer would stop the program.
 */
bool build_allows_missing(const struct build *b);

/*
 * The observed calls but those with a negative number, which no kernel has;
 * the members of the groups chosen; and what the format's one list adds. A
 * call that was only ever denied while it was recorded gets the errno it had,
 * the most frequent one, where the format can say so.
 * Sorted, with origins; the caller frees.
 */
struct profile *build_profile(const struct trace *t, const struct build *b);

/*
 * Whether an observed call is left out of profiles of a format with these
 * flags: the kernel made it, and the format's loader may not know its name.
 */
bool build_leaves_out(struct call_id id, unsigned int flags);

/* How many calls are only allowed because another architecture has them. */
size_t profile_gain(const struct profile *p, const struct arch *arch);

#endif
