/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running kernel side. This interface has no types of libbpf. tracer.c uses
 * load.c, naming.c, confirm.c and executables.c, which do not use each other;
 * collect.c and log.c use tracer.c.
 */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tracer-options.h"

struct tracer;

/*
 * Loads and attaches the programs. On failure, returns NULL and sets errno;
 * `problem`, which the caller frees, names what is missing and how to get it.
 */
struct tracer *tracer_open(const struct tracer_options *options,
			   char **problem);
void tracer_close(struct tracer *t);
/*
 * Call this instead of tracer_close() just before exit(3). The kernel side and
 * our memory are then released after our exit, so that our caller does not
 * wait.
 */
void tracer_leave(struct tracer *t);

/*
 * Does the work that can overlap with the execve of the command's process. Call
 * it before the functions below, except tracer_arm(). Returns 0 or -errno.
 */
int tracer_complete(struct tracer *t);

/*
 * The hook of the command: runs in the child, with the caller's privileges. The
 * child is followed from its next successful execve on. Returns 0 or -errno.
 */
int tracer_arm(void *tracer);

/*
 * Follows the targets and all their descendants from now on. Returns 0 or
 * -errno. With -ESRCH, `*missing` is the process that does not exist; with
 * -EACCES, the user may trace none of the processes.
 */
int tracer_attach(struct tracer *t, pid_t *missing);

/*
 * Returns the processes that were left out because the user may not trace them,
 * such as "12 (sudo)"; the caller frees it. NULL: none.
 */
char *tracer_withheld(const struct tracer *t);

/* Returns a descriptor that can be read when tracer_dispatch() is due. */
int tracer_fd(const struct tracer *t);
/*
 * Call this when the descriptor can be read, and at the time that it returned
 * last (CLOCK_MONOTONIC, ns). 0: there is no such time.
 */
uint64_t tracer_dispatch(struct tracer *t, uint64_t now_ns);
/*
 * Call this before each sleep. `comes_first` is about a task that wakes the
 * recorder on its own CPU: whether the recorder runs before the task returns to
 * user mode.
 */
void tracer_rest(struct tracer *t, bool comes_first);

/*
 * Returns CLOCK_MONOTONIC of the initial time namespace, as BPF programs read
 * it. The recorder can be in another namespace.
 */
uint64_t tracer_now(const struct tracer *t);

/* A quick overview of a running recording. */
struct tracer_glance {
	/* tracer_now() at the command's execve; 0: not executed yet */
	uint64_t start_ns;
	/* when the last new call was seen */
	uint64_t last_new_ns;
	uint64_t live;		/* tasks that are followed now */
	uint64_t tasks;		/* tasks that were followed at any time */
	/* calls so far; distinct ones differ in (image, arch, nr) */
	uint64_t calls, distinct;
	bool sees_operations;	/* whether io_uring operations are seen */
	/* whether used capabilities are seen; only set with --privileges */
	bool sees_capabilities;
	/* whether a filter answered calls before sys_exit was watched */
	bool unwatched;
	/* whether the kernel can skip the programs */
	bool skippable;
};
void tracer_glance(const struct tracer *t, struct tracer_glance *glance);
/* Returns the number of followed tasks. This is quicker than a glance. */
uint64_t tracer_live(const struct tracer *t);
/* Whether any task of a target was ever followed. */
bool tracer_target_began(const struct tracer *t, size_t target);
/*
 * Return the number of existing cgroups of targets, and the number of tasks
 * that wait for their next exec.
 */
uint64_t tracer_cgroups(const struct tracer *t);
uint64_t tracer_armed(const struct tracer *t);

/*
 * When attached: runs the program `seek` once for every task. Returns 0 or
 * -errno.
 */
int tracer_pass(const struct tracer *t);

/*
 * Ends the recording of tasks that still run. Afterwards nothing is counted any
 * more, so the tables can be read consistently.
 */
void tracer_stop(struct tracer *t);

/* Begins the phase of a mark that user space saw. `mark` is its index. */
void tracer_mark(struct tracer *t, size_t mark);

/* The phases so far, in order. The first one has no mark. */
struct tracer_phase {
	/* the index of its mark; 0 for the first phase */
	size_t mark;
	uint64_t start_ns;	/* CLOCK_MONOTONIC */
};
enum { TRACER_PHASES = MARKS + 1 };
size_t tracer_phases(const struct tracer *t,
		     struct tracer_phase phases[TRACER_PHASES]);

/*
 * Stores the ids of up to `max` followed tasks. Returns the number of followed
 * tasks.
 */
size_t tracer_tasks(const struct tracer *t, pid_t *tids, size_t max);

#endif
