/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the profile that a format writes, from a trace. */
#ifndef BUILD_H
#define BUILD_H

#include "format.h"

struct build {
	uint32_t default_action;
	struct group_choice choice;
	unsigned int flags;	/* flags of the format */
	/* whether to allow denied calls as if no filter had denied them */
	bool allow_denied;
	bool deny_denied;	/* deny them, whatever they returned */
};

/*
 * Whether calls that got ENOSYS are allowed. They are if the format cannot give
 * them ENOSYS, and the program would stop at the default answer.
 */
bool build_allows_missing(const struct build *b);

/*
 * Makes a profile of the observed calls, without negative numbers, which no
 * kernel has. Adds the calls of the chosen groups, and those that a format's
 * single list adds. A call that was always denied during the recording gets its
 * most frequent errno, if the format can express that. The profile is sorted
 * and has origins; the caller frees it.
 */
struct profile *build_profile(const struct trace *t, const struct build *b);

/*
 * Whether an observed call is left out: the kernel itself made it, and the
 * format's loader may not know its name.
 */
bool build_leaves_out(struct call_id id, unsigned int flags);

/*
 * Returns how many calls are only allowed because another architecture uses
 * them.
 */
size_t profile_gain(const struct profile *p, const struct arch *arch);

#endif
