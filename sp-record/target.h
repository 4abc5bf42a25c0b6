/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to attach to: processes and a cgroup, named by the user as such, as a
 * systemd unit or as a container.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct target {
	pid_t *pids;		/* in our PID namespace, each once */
	size_t n_pids;
	char *cgroup;		/* its directory; NULL: none */
	uint64_t cgroup_id;	/* the directory's inode number */
	int32_t hierarchy;	/* as in /proc/PID/cgroup; 0: v2 */
	const char *how;	/* "pid", "cgroup", "unit", "container"; NULL: no target */
	const char *name;	/* as the user gave it */
};

/*
 * Each makes the target what `name` says, which has to live as long. False:
 * `problem` (heap, caller frees) is one line about it.
 */
bool target_set_pids(struct target *t, const char *name, char **problem);
/* A directory, or a name below the mount of v2, else of one of v1. */
bool target_set_cgroup(struct target *t, const char *name, char **problem);
/* A unit of the system's manager; without a dot, a service. */
bool target_set_unit(struct target *t, const char *name, char **problem);
/* By id or name, from the engines that are installed. */
bool target_set_container(struct target *t, const char *name, char **problem);
void target_free(struct target *t);

/*
 * Whether the process leads a session below init: what it has left to init
 * cannot be found from it.
 */
bool target_is_daemon(pid_t pid);
/* The directory of the process's cgroup, when it has one of its own; heap. */
char *target_cgroup_of(pid_t pid);

#endif
