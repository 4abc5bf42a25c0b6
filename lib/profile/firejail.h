/* SPDX-License-Identifier: Apache-2.0 */
/* A firejail profile: what its lines say, and the filters made from them. */
#ifndef FIREJAIL_H
#define FIREJAIL_H

#include "profile/private.h"

/* A list of calls, and the place of its line. */
struct firejail_list {
	char *list;		/* NULL: there is no such line */
	char *file;		/* as in struct reader; heap */
	size_t line;
};

/* If a directive occurs several times, its last line counts. */
struct firejail {
	/* there are lists, or the default list */
	bool seccomp, seccomp_32;
	struct firejail_list list, drop, keep, list_32, drop_32, keep_32;
	uint32_t action;		/* the action of a filter that denies */
	bool block_secondary, deny_write_execute, allow_debuggers;
	char *protocol, *namespaces;	/* items joined by ','; NULL: none */
};

/* The names in a group, joined by ','; NULL: there is none of that name. */
const char *firejail_group(const char *name);

/*
 * Makes r->profile and the profiles that are in force with it. Returns false
 * with the problem set.
 */
bool firejail_filters(struct reader *r, const struct firejail *f);

/* "kill", "log" where that is accepted, or an errno. */
bool firejail_action(const char *text, bool log, uint32_t *action);

#endif
