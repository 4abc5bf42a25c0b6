/* SPDX-License-Identifier: Apache-2.0 */
/* The differences of two sides, and their forms for GitHub. */
#ifndef LINE_H
#define LINE_H

#include "side.h"

struct line {
	char sign;		/* + or - */
	bool grouped;		/* a group has the call */
	bool folded;		/* only counted: of another architecture */
	bool counts;		/* makes the exit status 1 */
	const struct entry *entry;
	const struct fact *stack;	/* of the call; NULL: none is known */
	char name[SYSCALL_NAME_MAX];
	char count[24];
};

struct lines {
	struct line *lines;
	size_t n;
	int name_width, count_width;
};

/* A table in GitHub's Markdown, with what each call is for. */
void lines_markdown(const struct lines *l, const struct arch *native, FILE *out);
/*
 * "::warning title=…::…" for each added call that counts, and "::notice" for a
 * removed one: commands of the runner of GitHub's workflows.
 */
void lines_github(const struct lines *l, const struct arch *native, FILE *out);

#endif
