/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two sides. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdio.h>

#include "side.h"

/* Which differences count: facts of one side only … */
enum compare_flag {
	COMPARE_REMOVED = 1,	/* … of any call that only the old side has */
	COMPARE_ADDED = 2,	/* … of any call that only the new side has */
	/* … only of calls that are dangerous (danger.h) */
	COMPARE_DANGEROUS = 4,
	COMPARE_GROUPS = 8,	/* … also of calls that a group adds */
	/* runs that failed (ending.h), instead of calls */
	COMPARE_FAILED = 16,
	COMPARE_STEADY = 32,	/* … only of calls that are not unsteady */
};

enum compare_style {
	STYLE_TEXT,
	STYLE_MARKDOWN,		/* for a pull request */
	/* annotations, as commands of GitHub's runner */
	STYLE_GITHUB,
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
 * Prints a line for each fact that only one side has, and a note for the
 * architectures whose lines are left out. These calls are marked: those that
 * the loader of a profile adds, and against a trace those that a group adds;
 * those that are dangerous to allow; and unsteady ones. Returns whether any of
 * the differences counts, printed or not.
 */
bool compare_sides(const struct side *old, const struct side *new,
		   const struct comparison *c);

#endif
