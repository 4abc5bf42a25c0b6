/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel side while it runs, without libbpf's types. tracer.c uses load.c,
 * naming.c, confirm.c and executables.c, which do not use each other; collect.c
 * and log.c use tracer.c.
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
 * Load and attach. NULL: `problem` (heap, caller frees) says what is missing
 * and how to get it; errno is the reason.
 */
struct tracer *tracer_open(const struct tracer_options *options,
			   char **problem);
void tracer_close(struct tracer *t);

/*
 * The hook of the command: run in the child, with the caller's privileges. The
 * child is followed from its next successful execve on. 0 or -errno.
 */
int tracer_arm(void *tracer);

/*
 * Follow the targets, with all that they have started so far, from now on. 0 or
 * -errno; -ESRCH: `*missing` is the process that is not there; -EACCES: none of
 * its processes may be traced.
 */
int tracer_attach(struct tracer *t, pid_t *missing);

/*
 * Processes that were left out because we may not trace them: "12 (sudo)";
 * heap. NULL: none.
 */
char *tracer_withheld(const struct tracer *t);

/* The descriptor is readable when tracer_dispatch() has something to do. */
int tracer_fd(const struct tracer *t);
/*
 * To be called then, and again at the time that it returns (CLOCK_MONOTONIC,
 * ns; 0: not again by itself).
 */
uint64_t tracer_dispatch(struct tracer *t, uint64_t now_ns);
/*
 * To be called before each sleep: whether the scheduler, when a task wakes us
 * on our CPU, runs us before that task is back in user mode.
 */
void tracer_rest(struct tracer *t, bool comes_first);

/*
 * CLOCK_MONOTONIC of the initial time namespace, as BPF programs read it. The
 * recorder can be in another one.
 */
uint64_t tracer_now(const struct tracer *t);

/* A quick look at a recording that goes on. */
struct tracer_glance {
	/* tracer_now() of the command's execve; 0: not yet */
	uint64_t start_ns;
	/* when a call was last seen for the first time */
	uint64_t last_new_ns;
	uint64_t live;		/* tasks followed */
	uint64_t tasks;		/* that ever were */
	uint64_t calls, distinct;	/* so far; distinct: (image, arch, nr) */
	bool sees_operations;	/* of io_uring */
	bool sees_capabilities;	/* with --privileges */
	bool unwatched;		/* a filter answered calls before that was watched */
	bool skippable;		/* raw tracepoints where the kernel can skip them */
};
void tracer_glance(const struct tracer *t, struct tracer_glance *glance);
/* How many tasks are followed; quicker still. */
uint64_t tracer_live(const struct tracer *t);
/* Whether any task has ever been followed, or any of a target. */
bool tracer_began(const struct tracer *t);
bool tracer_target_began(const struct tracer *t, size_t target);
/* Cgroups of targets that there are; tasks that wait for their next exec. */
uint64_t tracer_cgroups(const struct tracer *t);
uint64_t tracer_armed(const struct tracer *t);

/* When attached: show every task to the program `seek`, once. 0 or -errno. */
int tracer_pass(const struct tracer *t);

/*
 * End the recording for tasks that still run: when it returns, nothing is
 * counted any more, so that the tables can be read as a whole.
 */
void tracer_stop(struct tracer *t);

/* User space has seen a mark, given by its index: its phase begins now. */
void tracer_mark(struct tracer *t, size_t mark);

/* The phases so far, in order; the first one has no mark. */
struct tracer_phase {
	size_t mark;		/* index; of the first one, 0 */
	uint64_t start_ns;	/* CLOCK_MONOTONIC */
};
enum { TRACER_PHASES = MARKS + 1 };
size_t tracer_phases(const struct tracer *t,
		     struct tracer_phase phases[TRACER_PHASES]);

/* Ids of up to `max` followed tasks; returns how many there are. */
size_t tracer_tasks(const struct tracer *t, pid_t *tids, size_t max);

#endif
