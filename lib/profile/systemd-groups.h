/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The groups of system calls that systemd knows, "@default" and the like, as
 * systemd-analyze(1) of this machine lists them.
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
	char *text;		/* what the names are in */
	struct systemd_group *groups;
	size_t n;
};

/*
 * The group @default of systemd 252, which every allow-list of a unit starts
 * with: where there is no systemd to ask. To NULL.
 */
extern const char *const systemd_default_calls[];

/* Runs systemd-analyze; NULL where it cannot be run or fails. */
struct systemd_groups *systemd_groups_load(void);
void systemd_groups_free(struct systemd_groups *groups);
/* NULL: there is none of that name. */
const struct systemd_group *
systemd_group_find(const struct systemd_groups *groups, const char *name);

#endif
