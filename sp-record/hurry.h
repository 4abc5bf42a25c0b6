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
#ifndef HURRY_H
#define HURRY_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

/* The priority of one thread, which must make all of these calls. */
struct hurry {
	/* the scheduling policy before: sched(7) */
	int policy;
	struct sched_param param;
	bool permitted;		/* the priority could be raised */
	bool raised;		/* it is raised now */
	/* the start of the current period, and the thread's CPU time then */
	uint64_t since_ns, used_ns;
};

enum {
	HURRY_PERIOD_MS = 1000,
	/* the most CPU time with the priority in a period */
	HURRY_MOST_MS = 200,
};

/* Raises the priority. */
void hurry_begin(struct hurry *h);
/*
 * Lowers the priority for the rest of the period if the CPU time is used up,
 * and raises it again in the next one. Returns whether it is raised.
 */
bool hurry_limit(struct hurry *h);
/* Returns when to raise the priority again; 0: never. */
uint64_t hurry_due(const struct hurry *h);
/* Restores the policy. Does nothing without hurry_begin(). */
void hurry_end(struct hurry *h);

#endif
