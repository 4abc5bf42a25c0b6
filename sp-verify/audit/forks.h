/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes are in a cgroup, including those that have ended by now.
 * /proc knows the living, and the kernel's proc connector (connector/cn_proc.c)
 * tells who forked whom.
 */
#ifndef FORKS_H
#define FORKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forks;

/*
 * The cgroup for which `is` returns true, as for cgroup_holds(). Without the
 * connector, a process that is gone is known only if it was asked about before.
 */
struct forks *forks_open(bool (*is)(const char *name, const char *arg),
			 const char *cgroup);
/* NULL is fine. */
void forks_close(struct forks *f);
/* To poll, and then to read; -1: there is no connector. */
int forks_fd(const struct forks *f);
void forks_take(struct forks *f);
/*
 * Whether the process, in the initial PID namespace, is in the cgroup, or was
 * when it ended. -1: not known. A child of a member is a member until /proc
 * says otherwise. That a process is no member is known if /proc said so when it
 * began and after each exec; or, if its parent is under a filter, from the
 * parent.
 */
int forks_holds(struct forks *f, pid_t pid);
/* The errno that says why there is no connector; 0: there is one. */
int forks_error(const struct forks *f);
/* How often it had more events than we had room for. */
uint64_t forks_missed(const struct forks *f);

#endif
