/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd's groups of system calls, "@default" and the like, as systemd-
 * analyze(1) of this machine lists them.
 */
#ifndef SYSTEMD_GROUPS_H
#define SYSTEMD_GROUPS_H

#include <stddef.h>

struct systemd_group {
	const char *name;	/* with its '@' */
	const char **members;	/* names, and other groups with an '@' */
	size_t n;
};

struct systemd_groups {
	char *text;		/* memory of the names */
	struct systemd_group *groups;
	size_t n;
};

/*
 * The group @default of systemd 252, with which every allow-list of a unit
 * begins: for machines without systemd. Ends with NULL.
 */
extern const char *const systemd_default_calls[];

/* Runs systemd-analyze; NULL where it cannot be run or fails. */
struct systemd_groups *systemd_groups_load(void);
void systemd_groups_free(struct systemd_groups *groups);
/* NULL: there is none of that name. */
const struct systemd_group *
systemd_group_find(const struct systemd_groups *groups, const char *name);

#endif
