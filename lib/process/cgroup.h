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
	int32_t hierarchy;	/* as in /proc/PID/cgroup; 0: version 2 */
};

struct cgroup_mounts {
	struct cgroup_mount *at;	/* v2 first */
	size_t n;
};

void cgroup_mounts_read(struct cgroup_mounts *m);
void cgroup_mounts_free(struct cgroup_mounts *m);

/*
 * Finds the directory of a cgroup, given its path below a mount or its full
 * path. Returns NULL, or a path that the caller frees. `*hierarchy` becomes the
 * mount's.
 */
char *cgroup_find(const struct cgroup_mounts *m, const char *name,
		  int32_t *hierarchy);
/* Finds a unit's directory by its name. systemd creates these in slices. */
char *cgroup_find_unit(const struct cgroup_mounts *m, const char *unit,
		       int32_t *hierarchy);
/*
 * Returns the directory of the process's cgroup, or NULL if that is the root or
 * our own. If a component has `id` in its name, the path ends with that
 * component (NULL: any id).
 */
char *cgroup_of_process(const struct cgroup_mounts *m, pid_t pid,
			const char *id, int32_t *hierarchy);

/*
 * Whether the cgroup and those below it have no process. True if the cgroup
 * does not exist.
 */
bool cgroup_is_empty(const char *dir);

/*
 * Whether the process is in a cgroup for which `is` returns true, in any
 * hierarchy. `is` gets the name of the cgroup or of a parent, and `arg`. Names
 * that a user can choose, below another unit, are ignored. Returns -1 if the
 * process is gone, or has left its cgroups because it is exiting.
 */
int cgroup_holds(pid_t pid, bool (*is)(const char *name, const char *arg),
		 const char *arg);
/*
 * For `is`: recognize the cgroup of a unit, "x.service", and the cgroup of a
 * container by its id.
 */
bool cgroup_is_unit(const char *name, const char *unit);
bool cgroup_is_container(const char *name, const char *id);
/*
 * The names that engines give to a container's cgroup. The caller counts `i`
 * from 0 until NULL is returned, and frees each name.
 */
char *cgroup_container_name(size_t i, const char *id);

#endif
