/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The abilities of programs, in plain words, and the test that makes a program
 * use each. Each call belongs to one ability.
 */
#ifndef ABILITY_H
#define ABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/syscall.h"

struct ability {
	const char *calls;	/* a space before and after each name */
	/*
	 * functions of the C library that belong to this ability, although they
	 * make calls of other abilities; in the same form as `calls`
	 */
	const char *functions;
	/* calls of other abilities that can do the same; in the same form */
	const char *other_ways;
	const char *text;	/* the text after "it can" */
	/* the text after "a run in which"; NULL: every program does it */
	const char *test;
	bool notable;		/* a reviewer wants to know that it is denied */
};

/* Returns the rows, NULL after the last; those that matter most come first. */
const struct ability *ability_at(size_t i);
/* Returns NULL for a call that has no name, or that no current kernel has. */
const struct ability *ability_of(struct call_id id);
/* Returns NULL if the function has no row of its own. */
const struct ability *ability_of_function(const char *name);

#endif
