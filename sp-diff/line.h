/* SPDX-License-Identifier: Apache-2.0 */
/* The differences between two sides, and their forms for GitHub. */
#ifndef LINE_H
#define LINE_H

#include "side.h"

struct line {
	char sign;		/* + or - */
	bool grouped;		/* whether a group has the call */
	/* not printed, because it is of another architecture */
	bool folded;
	bool counts;		/* whether it causes the exit status 1 */
	const struct entry *entry;
	const struct fact *stack;	/* a stack of the call; NULL: unknown */
	char name[SYSCALL_NAME_MAX];
	char count[24];
};

struct lines {
	struct line *lines;
	size_t n;
	int name_width, count_width;
	/*
	 * Facts by call: facts_by_id() of both traces. Only set while lines are
	 * added.
	 */
	struct fact **stacks[2];
};

/* Prints a table in GitHub's Markdown, with the purpose of each call. */
void lines_markdown(const struct lines *l, const struct arch *native, FILE *out);
/*
 * Prints "::warning title=…::…" for each added call that counts, and "::notice"
 * for each removed one. These are commands of GitHub's runner.
 */
void lines_github(const struct lines *l, const struct arch *native, FILE *out);

#endif
