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
 * The directory of a cgroup below one of the mounts, given its path there or
 * its full path: heap, or NULL. `*hierarchy` is the mount's.
 */
char *cgroup_find(const struct cgroup_mounts *m, const char *name,
		  int32_t *hierarchy);
/* The directory of that name in a slice, where systemd creates units'. */
char *cgroup_find_unit(const struct cgroup_mounts *m, const char *unit,
		       int32_t *hierarchy);
/*
 * The directory of the process's cgroup, unless that is the root or our own;
 * cut after the component that has `id` in its name, if there is one (NULL: any
 * id).
 */
char *cgroup_of_process(const struct cgroup_mounts *m, pid_t pid,
			const char *id, int32_t *hierarchy);

/*
 * Whether neither it nor any cgroup below it has a process; also if it does not
 * exist.
 */
bool cgroup_is_empty(const char *dir);

/*
 * Whether the process is in a cgroup for which `is` returns true, given `arg`
 * and the name of the cgroup or of one above it, in any hierarchy. Names that a
 * user can choose, below another unit, do not count. -1: the process is gone,
 * or is exiting and has left its cgroups.
 */
int cgroup_holds(pid_t pid, bool (*is)(const char *name, const char *arg),
		 const char *arg);
/*
 * Functions for `is`: the cgroup of a unit, "x.service", and of a container, by
 * its id.
 */
bool cgroup_is_unit(const char *name, const char *unit);
bool cgroup_is_container(const char *name, const char *id);
/*
 * The names that engines give to a container's cgroup, one for each i from 0
 * on; heap. NULL: there are no more.
 */
char *cgroup_container_name(size_t i, const char *id);

#endif
