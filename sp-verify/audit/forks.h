/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes are in a cgroup, those that are gone by now included: /proc
 * knows the others, and by the kernel's proc connector (connector/cn_proc.c)
 * one follows who was whose child.
 */
#ifndef FORKS_H
#define FORKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forks;

/*
 * The cgroup that `is` says yes to, as cgroup_holds() has it. Without the
 * connector, a process that is gone is known if it was asked for before.
 */
struct forks *forks_open(bool (*is)(const char *name, const char *arg),
			 const char *cgroup);
/* NULL is fine. */
void forks_close(struct forks *f);
/* To poll, and then to take what has come; -1: the connector is not there. */
int forks_fd(const struct forks *f);
void forks_take(struct forks *f);
/*
 * Whether the process, in the initial PID namespace, is in the cgroup, or was
 * when it ended. -1: not known. A child of a member is one until /proc says
 * otherwise. That a process is none, /proc must have said when it began, and
 * again after each exec, or of its parent, if that is under a filter.
 */
int forks_holds(struct forks *f, pid_t pid);
/* Why the connector is not there: of errno; 0: it is. */
int forks_error(const struct forks *f);
/* Times that it had more than we had room for. */
uint64_t forks_missed(const struct forks *f);

#endif
