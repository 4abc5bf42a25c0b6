/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A target to attach to: processes and a cgroup. The user names them directly,
 * or by a systemd unit or a container. Cgroups can be created later.
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
	char *mount;		/* the mount point of its hierarchy */
	int32_t hierarchy;
	uint64_t root;		/* id of the mount's root directory */
	/* A path below `root`, or the name of a cgroup in a slice or a unit. */
	char *path;
	enum { TARGET_AT_PATH, TARGET_IN_SLICE, TARGET_ANYWHERE } place;
};

enum { TARGETS_MAX = 64 };

struct target {
	/* Ids in our PID namespace, each once. */
	pid_t *pids;
	size_t n_pids;
	/* Directory of the cgroup. NULL: there is none yet. */
	char *cgroup;
	uint64_t cgroup_id;	/* inode number of the directory */
	int32_t hierarchy;	/* as in /proc/PID/cgroup; 0: version 2 */
	struct target_cgroup *awaited;
	size_t n_awaited;
	/* Name of the unit, with its suffix. NULL: the target is not a unit. */
	char *unit;
	bool is_created;	/* a container whose program has not started */
	/* What is known about the container so far. */
	struct container container;
	const char *how;	/* "pid", "cgroup", "unit", "container" */
	const char *name;	/* as the user wrote it */
};

/*
 * These make a target from `name`, which must live as long as the target. They
 * return false on failure, with a one-line `problem` that the caller frees. A
 * unit, container or cgroup may not exist yet, but its name must be possible.
 */
bool target_set_pids(struct target *t, const char *name, char **problem);
/*
 * `name` is a directory, or a cgroup's path below the mount of cgroup v2, or of
 * a v1 mount if v2 has no such cgroup.
 */
bool target_set_cgroup(struct target *t, const char *name, char **problem);
/* `name` is a unit of the system manager. A name without a dot is a service. */
bool target_set_unit(struct target *t, const char *name, char **problem);
/* `name` is the id or name of a container of any installed engine. */
bool target_set_container(struct target *t, const char *name, char **problem);
void target_free(struct target *t);

/*
 * Whether a manager sets up the processes that join the target before they
 * execute their program.
 */
bool target_has_manager(const struct target *t);
/*
 * Looks again for processes and cgroups that did not exist. The kernel side
 * already waits for the cgroups.
 */
void target_find(struct target *t);

/*
 * Whether the process leads a session and is a child of init. Then its children
 * that init adopted cannot be found from it.
 */
bool target_is_daemon(pid_t pid);
/*
 * Returns the directory of the process's cgroup, which the caller frees.
 * Returns NULL if the cgroup is shared with other processes.
 */
char *target_cgroup_of(pid_t pid);

#endif
