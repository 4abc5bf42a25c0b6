/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two sides. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdio.h>

#include "side.h"

/* Which differences count: what one side alone has, of any call or … */
enum compare_flag {
	COMPARE_REMOVED = 1,	/* … that the old one has */
	COMPARE_ADDED = 2,	/* … that the new one has */
	COMPARE_DANGEROUS = 4,	/* … only if it is dangerous (danger.h) */
	COMPARE_GROUPS = 8,	/* those that a group adds, too */
	COMPARE_FAILED = 16,	/* runs that failed: not of calls, ending.h */
};

/*
 * Print a line to `out` (NULL: none) for each fact of one side alone. Against
 * a trace, an entry of a profile that a group adds is marked; so is a call
 * that is dangerous to allow. Returns whether any of them counts.
 */
bool compare_sides(const struct side *old, const struct side *new,
		   unsigned int flags, FILE *out);

#endif
