/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command that runs, to its end: signals are passed on to it, a time limit
 * ends it by SIGTERM and later SIGKILL, and its status is taken. The tools'
 * loops wait for more than that, so they poll and call what follows.
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
	bool interfered;	/* it was sent a signal, by us or with us */
	enum { WORKLOAD_RUNS, WORKLOAD_TERMINATED, WORKLOAD_KILLED } stage;
	uint64_t due_ns;	/* when the next stage begins; 0: never */
	uint64_t note_ns;	/* when to note what is waited for; 0: not again */
};

enum workload_event {
	WORKLOAD_NOTHING,
	WORKLOAD_FIRST,		/* signal: passed on, if the command still runs */
	WORKLOAD_AGAIN,		/* a later signal: stop waiting */
	WORKLOAD_OTHER,		/* a signal of forward_add() */
	WORKLOAD_TIMEOUT,	/* the time is over: stop waiting */
};

/*
 * `seconds` is the time limit; 0: none. The child is waited for and its pidfd
 * closed here.
 */
void workload_begin(struct workload *w, const struct command_child *child,
		    struct forward *signals, double seconds);

/* To poll: the command's end, and signals. */
enum { WORKLOAD_FDS = 2 };
void workload_fds(const struct workload *w, struct pollfd fds[WORKLOAD_FDS]);

/* The first of them has input: true once the command has exited. */
bool workload_reap(struct workload *w);
/* The second of them has. */
enum workload_event workload_signal(struct workload *w, struct forwarded *signal);
/*
 * After each poll: at the limit SIGTERM, ten seconds later SIGKILL, and ten
 * seconds later, or when the command has exited by then, WORKLOAD_TIMEOUT.
 */
enum workload_event workload_time(struct workload *w, uint64_t now_ns);
/*
 * After each poll, by callers that wait for the processes that the command
 * started: prints once that this is so, a second after the command has exited.
 */
void workload_note_rest(struct workload *w, uint64_t now_ns);
/* When the two above are to be called again; UINT64_MAX: never. */
uint64_t workload_next(const struct workload *w);
/* SIGKILL, and wait for the end. */
void workload_kill(struct workload *w);

/* Note how it ended, unless by exit status 0. */
void workload_note(const struct workload *w);

/* The timeout for poll(2) until `next_ns`, UINT64_MAX for never. */
int workload_patience(uint64_t next_ns, uint64_t now_ns);

#endif
