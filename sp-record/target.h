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
	/* a path below it; or a name, of a cgroup in a … */
	char *path;
	enum { TARGET_AT_PATH, TARGET_IN_SLICE, TARGET_ANYWHERE } place;
};

enum { TARGETS_MAX = 64 };

struct target {
	pid_t *pids;		/* in our PID namespace, each once */
	size_t n_pids;
	char *cgroup;		/* its directory; NULL: none, or not yet */
	uint64_t cgroup_id;	/* the directory's inode number */
	int32_t hierarchy;	/* as in /proc/PID/cgroup; 0: v2 */
	struct target_cgroup *awaited;
	size_t n_awaited;
	char *unit;		/* its name, with its suffix; NULL: no unit */
	bool is_created;	/* a container whose program has not started */
	struct container container;	/* as far as it is known */
	const char *how;	/* "pid", "cgroup", "unit", "container" */
	const char *name;	/* as the user gave it */
};

/*
 * Each makes the target from `name`, which has to live as long. False:
 * `problem` (heap, caller frees) is one line about it. A unit, container or
 * cgroup that does not exist yet is no problem; one that can never exist is.
 */
bool target_set_pids(struct target *t, const char *name, char **problem);
/* A directory, or a name below the mount of v2, else of one of v1. */
bool target_set_cgroup(struct target *t, const char *name, char **problem);
/* A unit of the system's manager; without a dot, a service. */
bool target_set_unit(struct target *t, const char *name, char **problem);
/* By id or name, from the engines that are installed. */
bool target_set_container(struct target *t, const char *name, char **problem);
void target_free(struct target *t);

/* Whether nothing of the target exists yet. */
bool target_is_missing(const struct target *t);
/*
 * Whether a manager sets up the processes that join it, which then execute
 * their program.
 */
bool target_has_manager(const struct target *t);
/* Look again for what was missing; its cgroups are awaited by now. */
void target_find(struct target *t);

/*
 * Whether the process leads a session below init: children that it has left to
 * init cannot be found from it.
 */
bool target_is_daemon(pid_t pid);
/* The directory of the process's cgroup, when it has one of its own; heap. */
char *target_cgroup_of(pid_t pid);

#endif
