/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to attach to: processes and a cgroup, which the user names directly, by
 * a systemd unit or by a container. Cgroups can be made later.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/container.h"

/* A cgroup that belongs to the target as soon as it exists. */
struct target_cgroup {
	char *mount;		/* where its hierarchy is mounted */
	int32_t hierarchy;
	uint64_t root;		/* id of that directory */
	/* a path below `root`; or the name of a cgroup in a … */
	char *path;
	enum { TARGET_AT_PATH, TARGET_IN_SLICE, TARGET_ANYWHERE } place;
};

enum { TARGETS_MAX = 64 };

struct target {
	/* ids in our PID namespace, without duplicates */
	pid_t *pids;
	size_t n_pids;
	/* its directory; NULL: it has none, or none yet */
	char *cgroup;
	uint64_t cgroup_id;	/* the directory's inode number */
	int32_t hierarchy;	/* as in /proc/PID/cgroup; 0: v2 */
	struct target_cgroup *awaited;
	size_t n_awaited;
	char *unit;		/* its name, with its suffix; NULL: no unit */
	bool is_created;	/* a container whose program has not started */
	struct container container;	/* what is known of it so far */
	const char *how;	/* "pid", "cgroup", "unit", "container" */
	const char *name;	/* as the user gave it */
};

/*
 * Each makes the target from `name`, which has to live as long as the target.
 * They return false with one line of heap text in `problem`, which the caller
 * frees. A unit, container or cgroup that does not exist yet is no problem; one
 * that can never exist is.
 */
bool target_set_pids(struct target *t, const char *name, char **problem);
/*
 * `name` is a directory, or a name below the mount of cgroup v2, or if that has
 * no such cgroup, of one of v1.
 */
bool target_set_cgroup(struct target *t, const char *name, char **problem);
/* `name` is a unit of the system's manager; without a dot, it is a service. */
bool target_set_unit(struct target *t, const char *name, char **problem);
/*
 * `name` is the id or the name of a container of any engine that is installed.
 */
bool target_set_container(struct target *t, const char *name, char **problem);
void target_free(struct target *t);

/* Whether nothing of the target exists yet. */
bool target_is_missing(const struct target *t);
/*
 * Whether a manager sets up the processes that join it, which then execute
 * their program.
 */
bool target_has_manager(const struct target *t);
/*
 * Looks again for what did not exist. The kernel side already waits for its
 * cgroups.
 */
void target_find(struct target *t);

/*
 * Whether the process leads a session below init: children that it has left to
 * init cannot be found from it.
 */
bool target_is_daemon(pid_t pid);
/*
 * The directory of the process's cgroup, on the heap; NULL if other processes
 * share it.
 */
char *target_cgroup_of(pid_t pid);

#endif
