/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running command, until its end: the tool passes signals on to it, ends it
 * with SIGTERM and then SIGKILL after a time limit, and takes its status. The
 * tools also wait for other events, so they have poll loops of their own, which
 * call the functions below.
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
	/* a signal was sent to it, by us or through its group */
	bool interfered;
	enum { WORKLOAD_RUNS, WORKLOAD_TERMINATED, WORKLOAD_KILLED } stage;
	/* when the next step of the time limit is due; 0: never */
	uint64_t due_ns;
	/* when to print what we still wait for; 0: do not print it */
	uint64_t note_ns;
};

enum workload_event {
	WORKLOAD_NOTHING,
	/* the first signal came, and was passed on if the command still runs */
	WORKLOAD_FIRST,
	WORKLOAD_AGAIN,		/* another signal came: stop waiting */
	WORKLOAD_OTHER,		/* a signal of forward_add() */
	WORKLOAD_TIMEOUT,	/* the time limit is over: stop waiting */
};

/*
 * Call this before the command starts. From now on, we ignore SIGPIPE, and wait
 * for children. The command gets the signal actions that we had before, and the
 * signal mask of `signals`.
 */
void workload_prepare(struct command *command, const struct forward *signals);
/*
 * `seconds` is the time limit; 0: none. The functions below wait for the child
 * and close its pidfd.
 */
void workload_begin(struct workload *w, const struct command_child *child,
		    struct forward *signals, double seconds);

/* Returns the descriptors for poll(2): the command's end, then signals. */
enum { WORKLOAD_FDS = 2 };
void workload_fds(const struct workload *w, struct pollfd fds[WORKLOAD_FDS]);

/*
 * Call this when the first descriptor has input. Returns true once the command
 * has exited.
 */
bool workload_reap(struct workload *w);
/* Call this when the second descriptor has input. */
enum workload_event workload_signal(struct workload *w, struct forwarded *signal);
/*
 * Call this after each poll. It sends SIGTERM at the time limit and SIGKILL ten
 * seconds later. After another ten seconds, or if the command has exited by
 * then, it returns WORKLOAD_TIMEOUT.
 */
enum workload_event workload_time(struct workload *w, uint64_t now_ns);
/*
 * Call this after each poll, if the caller waits for the processes that the
 * command started. A second after the command's exit, it prints a note about
 * them.
 */
void workload_note_rest(struct workload *w, uint64_t now_ns);
/*
 * Returns when to call workload_time() and workload_note_rest() again;
 * UINT64_MAX: never.
 */
uint64_t workload_next(const struct workload *w);
/* Sends SIGKILL, and waits for the command's end. */
void workload_kill(struct workload *w);

/* Prints how the command ended, unless its exit status is 0. */
void workload_note(const struct workload *w);

/* Returns the timeout for poll(2) until `next_ns`; UINT64_MAX means never. */
int workload_patience(uint64_t next_ns, uint64_t now_ns);

#endif
