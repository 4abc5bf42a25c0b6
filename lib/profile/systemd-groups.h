/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd's groups of system calls, such as "@default", as this machine's
 * systemd-analyze(1) lists them.
 */
#ifndef SYSTEMD_GROUPS_H
#define SYSTEMD_GROUPS_H

#include <stddef.h>

struct systemd_group {
	const char *name;	/* with its '@' */
	/* names of calls, and of other groups with an '@' */
	const char **members;
	size_t n;
};

struct systemd_groups {
	char *text;		/* the memory that holds the names */
	struct systemd_group *groups;
	size_t n;
};

/*
 * The group @default of systemd 252, for machines without systemd. Every
 * allow-list of a unit includes it. Ends with NULL.
 */
extern const char *const systemd_default_calls[];

/* Runs systemd-analyze. Returns NULL if it cannot be run, or fails. */
struct systemd_groups *systemd_groups_load(void);
void systemd_groups_free(struct systemd_groups *groups);
/* Returns NULL if there is no such group. */
const struct systemd_group *
systemd_group_find(const struct systemd_groups *groups, const char *name);

#endif
