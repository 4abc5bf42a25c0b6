/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorder's real-time priority. The recorder nearly always sleeps. But
 * when a filter is loaded, it must run soon, to see the first calls that the
 * filter answers. It is no error if the priority cannot be raised.
 *
 * A hostile command can give the recorder work without end, for example by
 * moving tasks between cgroups. So the recorder has the priority only for a
 * part of each second. While it lacks the priority, a task that loads a filter
 * waits for the recorder: foresee_filter() in bpf/position.bpf.h.
 */
#ifndef PRIORITY_H
#define PRIORITY_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

/* The priority of one thread, which must make all of these calls. */
struct priority {
	/* the scheduling policy before: sched(7) */
	int policy;
	struct sched_param param;
	bool permitted;		/* the priority could be raised */
	bool raised;		/* it is raised now */
	/* the start of the current period, and the thread's CPU time then */
	uint64_t since_ns, used_ns;
};

enum {
	PRIORITY_PERIOD_MS = 1000,
	/* the most CPU time with the priority in a period */
	PRIORITY_MOST_MS = 200,
};

/* Raises the priority. */
void priority_raise(struct priority *p);
/*
 * Lowers the priority for the rest of the period if the CPU time is used up,
 * and raises it again in the next one. Returns whether it is raised.
 */
bool priority_limit(struct priority *p);
/* Returns when to raise the priority again; 0: never. */
uint64_t priority_due(const struct priority *p);
/* Restores the former policy. Does nothing without priority_raise(). */
void priority_restore(struct priority *p);

#endif
