/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup hierarchies that are mounted, v1 and v2: cgroups(7). */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup_mount {
	char *dir;
	int32_t hierarchy;	/* as in /proc/PID/cgroup; 0: v2 */
};

struct cgroup_mounts {
	struct cgroup_mount *at;	/* v2 first */
	size_t n;
};

void cgroup_mounts_read(struct cgroup_mounts *m);
void cgroup_mounts_free(struct cgroup_mounts *m);

/*
 * The directory of a cgroup below one of the mounts, by its path there or its
 * whole path: heap, or NULL. `*hierarchy` is the mount's.
 */
char *cgroup_find(const struct cgroup_mounts *m, const char *name,
		  int32_t *hierarchy);
/* The directory of that name in a slice, as systemd makes one for a unit. */
char *cgroup_find_unit(const struct cgroup_mounts *m, const char *unit,
		       int32_t *hierarchy);
/*
 * The directory of the process's cgroup, where that is neither the root nor
 * our own; up to the component that is named after `id`, where one is (NULL:
 * any).
 */
char *cgroup_of_process(const struct cgroup_mounts *m, pid_t pid,
			const char *id, int32_t *hierarchy);

/* Whether no process is in it, nor in one below it; also if it is not there. */
bool cgroup_is_empty(const char *dir);

/*
 * Whether the process is in a cgroup that `is` says yes to, given `arg` and
 * the name of the cgroup or of one that it is in, in any hierarchy. Names that
 * a user can choose, below another unit, do not count. -1: the process is gone,
 * or about to end and not in its cgroups any more.
 */
int cgroup_holds(pid_t pid, bool (*is)(const char *name, const char *arg),
		 const char *arg);
/* For it: the cgroup of a unit, "x.service", or of a container, by its id. */
bool cgroup_is_unit(const char *name, const char *unit);
bool cgroup_is_container(const char *name, const char *id);
/*
 * Each name that engines give to the cgroup of a container, from i = 0 on; heap.
 * NULL: there are no more.
 */
char *cgroup_container_name(size_t i, const char *id);

#endif
