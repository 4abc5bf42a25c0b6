/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a line of a minijail policy after the colon. */
#ifndef MINIJAIL_H
#define MINIJAIL_H

#include "profile/private.h"

/* The rest of a statement, and where to put a problem. */
struct cursor {
	struct reader *reader;
	const char *at;
	/*
	 * It uses something that minijail0 refuses and
	 * compile_seccomp_policy.py accepts.
	 */
	bool is_python;
};

/* Comparisons joined by "&&". */
struct minijail_group {
	struct profile_arg args[6];
	uint32_t n;
};

/* "GROUP || GROUP; ACTION", or an action alone. */
struct minijail_filter {
	struct minijail_group *groups;
	size_t n;		/* 0: for every call */
	bool has_action;	/* always so without groups */
	uint32_t action;
	const char *file;	/* as in struct reader */
	size_t line;
	size_t statement;	/* filters of one have the same number */
};

/* False with the problem set, for all of these. */
bool minijail_read_filter(struct cursor *c, struct minijail_filter *out);
/* "kill", "allow" and so on. */
bool minijail_read_action(struct cursor *c, uint32_t *action);

void cursor_skip_space(struct cursor *c);
bool cursor_take(struct cursor *c, const char *token);
/* A whole word, not the beginning of a longer one. */
bool cursor_take_word(struct cursor *c, const char *word);
/* Set the problem: what is wrong, and where. */
bool cursor_refuse(struct cursor *c, const char *what);
bool cursor_at_end(struct cursor *c);

#endif
