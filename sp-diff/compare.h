/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the differences between two sides. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdio.h>

#include "side.h"

/* The differences that cause the exit status 1. */
enum compare_flag {
	COMPARE_REMOVED = 1,	/* any call that only the old side has */
	COMPARE_ADDED = 2,	/* any call that only the new side has */
	/* only calls that are dangerous (danger.h) */
	COMPARE_DANGEROUS = 4,
	COMPARE_GROUPS = 8,	/* also calls that a group adds */
	/* runs that failed (ending.h) count, instead of calls */
	COMPARE_FAILED = 16,
	COMPARE_STEADY = 32,	/* only calls that every repeated run made */
};

enum compare_style {
	STYLE_TEXT,
	STYLE_MARKDOWN,		/* Markdown for a pull request */
	/* annotations, which are commands of GitHub's runner */
	STYLE_GITHUB,
};

struct comparison {
	unsigned int flags;		/* enum compare_flag */
	/*
	 * The architectures whose calls are printed: all of them, the
	 * architecture `only`, or by default the native one and recorded ones.
	 */
	bool all_archs;
	const struct arch *arch;
	enum compare_style style;
	FILE *out;			/* NULL: print nothing */
};

/*
 * Prints a line for each fact that only one side has, and a note about
 * architectures whose lines are left out. Calls are marked if they are
 * dangerous, if they are unsteady, if the loader of a profile adds them, or, in
 * a comparison with a trace, if a group adds them. Returns whether a difference
 * counts, even if it is not printed.
 */
bool compare_sides(const struct side *old, const struct side *new,
		   const struct comparison *c);

#endif
