/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A firejail profile: the directives of its lines, and the filters that they
 * make.
 */
#ifndef FIREJAIL_H
#define FIREJAIL_H

#include "profile/private.h"

/* A list of calls, and the line that it comes from. */
struct firejail_list {
	char *list;		/* NULL: no line has such a list */
	char *file;		/* as in struct reader; to be freed */
	size_t line;
};

/* If a directive occurs several times, the last one counts. */
struct firejail {
	/* filter, with lists or with the default list */
	bool seccomp, seccomp_32;
	struct firejail_list list, drop, keep, list_32, drop_32, keep_32;
	/* the action of the filter for calls that it denies */
	uint32_t action;
	bool block_secondary, deny_write_execute, allow_debuggers;
	char *protocol, *namespaces;	/* items joined by ','; NULL: none */
};

/* The names in a group, joined by ','. NULL: there is no such group. */
const char *firejail_group(const char *name);

/*
 * Makes r->profile and the further profiles that are in force with it. On
 * failure, sets the problem and returns false.
 */
bool firejail_filters(struct reader *r, const struct firejail *f);

/* Reads "kill", an errno, or "log" if `log` permits that. */
bool firejail_action(const char *text, bool log, uint32_t *action);

#endif
