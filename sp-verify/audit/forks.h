/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the processes of a cgroup, including those that have ended. /proc shows
 * the living ones. The kernel's proc connector (connector/cn_proc.c) reports
 * which process forked which.
 */
#ifndef FORKS_H
#define FORKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forks;

/*
 * Members are the processes in a cgroup for which `is` returns true, as in
 * cgroup_holds(). Without the connector, an ended process is only known if
 * forks_holds() was called while it lived.
 */
struct forks *forks_open(bool (*is)(const char *name, const char *arg),
			 const char *cgroup);
/* Accepts NULL. */
void forks_close(struct forks *f);
/* A descriptor to poll before forks_take(); -1: there is no connector. */
int forks_fd(const struct forks *f);
void forks_take(struct forks *f);
/*
 * Whether the process is in the cgroup, or was in it when it ended. `pid` is an
 * id in the initial namespace. Returns -1 if that is unknown. A member's child
 * is a member until /proc shows another cgroup. A process is certainly not a
 * member if /proc showed that at its start and after each exec, or if its
 * parent is under a filter and not a member.
 */
int forks_holds(struct forks *f, pid_t pid);
/* Returns the errno of the connector. 0: it works. */
int forks_error(const struct forks *f);
/* Returns how often events were lost for lack of room. */
uint64_t forks_missed(const struct forks *f);

#endif
