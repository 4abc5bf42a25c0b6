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
	COMPARE_STEADY = 32,	/* … only if it is not unsteady */
};

enum compare_style {
	STYLE_TEXT,
	STYLE_MARKDOWN,		/* for a pull request */
	STYLE_GITHUB,		/* commands of its runner: annotations */
};

struct comparison {
	unsigned int flags;		/* enum compare_flag */
	/*
	 * Whose calls are printed: of all architectures, of this one, or where
	 * both are unset, of the native one and any that was recorded.
	 */
	bool all_archs;
	const struct arch *arch;
	enum compare_style style;
	FILE *out;			/* NULL: nothing is printed */
};

/*
 * Print a line for each fact of one side alone, and a note for the architectures
 * whose lines are left out. A call that the loader of a profile adds is marked,
 * and against a trace one that a group adds; so is a call that is dangerous to
 * allow, and one that is unsteady. Returns whether any of them counts, printed or not.
 */
bool compare_sides(const struct side *old, const struct side *new,
		   const struct comparison *c);

#endif
