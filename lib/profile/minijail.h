/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the part after the colon in a line of a minijail policy. */
#ifndef MINIJAIL_H
#define MINIJAIL_H

#include "profile/private.h"

/* The position in a statement, and where to report problems. */
struct cursor {
	struct reader *reader;
	const char *at;
	/*
	 * The policy uses something that minijail0 refuses and
	 * compile_seccomp_policy.py accepts.
	 */
	bool is_python;
};

/* Comparisons joined by "&&". */
struct minijail_group {
	struct profile_arg args[6];
	uint32_t n;
};

/* "GROUP || GROUP; ACTION", or only an action. */
struct minijail_filter {
	struct minijail_group *groups;
	size_t n;		/* 0: the filter applies to every call */
	bool has_action;	/* always true if there are no groups */
	uint32_t action;
	const char *file;	/* as in struct reader */
	size_t line;
	/* filters of the same statement have the same number */
	size_t statement;
};

/* On failure, these functions set the problem and return false. */
bool minijail_read_filter(struct cursor *c, struct minijail_filter *out);
/* Reads "kill", "allow" and so on. */
bool minijail_read_action(struct cursor *c, uint32_t *action);

void cursor_skip_space(struct cursor *c);
bool cursor_take(struct cursor *c, const char *token);
/* Takes a whole word, not the beginning of a longer one. */
bool cursor_take_word(struct cursor *c, const char *word);
/* Sets the problem: what is wrong, and where. Returns false. */
bool cursor_refuse(struct cursor *c, const char *what);
bool cursor_at_end(struct cursor *c);

#endif
