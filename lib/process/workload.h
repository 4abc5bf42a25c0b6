/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running command, up to its end: signals are passed on to it, a time limit
 * ends it by SIGTERM and later SIGKILL, and its status is taken. The tools wait
 * for other things too, so they have their own poll loops and call the
 * functions below.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "process/command.h"
#include "process/forward.h"

struct workload {
	struct command_child child;	/* pid 0: there is no command */
	struct forward *signals;	/* open */
	bool exited;
	int status;		/* exit status, or -n: killed by signal n */
	uint64_t end_ns;	/* when it exited, monotonic */
	/* a signal was sent to it, by us or to its group */
	bool interfered;
	enum { WORKLOAD_RUNS, WORKLOAD_TERMINATED, WORKLOAD_KILLED } stage;
	/* when the next stage of the time limit begins; 0: never */
	uint64_t due_ns;
	/* when to note what we wait for; 0: not again */
	uint64_t note_ns;
};

enum workload_event {
	WORKLOAD_NOTHING,
	/* a signal came: it was passed on, if the command still runs */
	WORKLOAD_FIRST,
	WORKLOAD_AGAIN,		/* a later signal came: stop waiting */
	WORKLOAD_OTHER,		/* a signal of forward_add() */
	WORKLOAD_TIMEOUT,	/* the time limit is over: stop waiting */
};

/*
 * `seconds` is the time limit; 0: none. The functions below wait for the child
 * and close its pidfd.
 */
void workload_begin(struct workload *w, const struct command_child *child,
		    struct forward *signals, double seconds);

/* To poll: the command's end, and signals. */
enum { WORKLOAD_FDS = 2 };
void workload_fds(const struct workload *w, struct pollfd fds[WORKLOAD_FDS]);

/* To be called when the first has input: true once the command has exited. */
bool workload_reap(struct workload *w);
/* To be called when the second has input. */
enum workload_event workload_signal(struct workload *w, struct forwarded *signal);
/*
 * After each poll: at the limit SIGTERM, ten seconds later SIGKILL, and ten
 * seconds later, or when the command has exited by then, WORKLOAD_TIMEOUT.
 */
enum workload_event workload_time(struct workload *w, uint64_t now_ns);
/*
 * To be called after each poll, if the caller waits for the processes that the
 * command started: a second after the command has exited, prints that it waits.
 */
void workload_note_rest(struct workload *w, uint64_t now_ns);
/* When to call the two functions above again; UINT64_MAX: never. */
uint64_t workload_next(const struct workload *w);
/* SIGKILL, and wait for the end. */
void workload_kill(struct workload *w);

/* Print how it ended, unless with exit status 0. */
void workload_note(const struct workload *w);

/* The timeout for poll(2) until `next_ns`, UINT64_MAX for never. */
int workload_patience(uint64_t next_ns, uint64_t now_ns);

#endif
