/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGINT, SIGTERM and SIGHUP, which a tool that runs a command does not die
 * of, but passes on to that; less those that it was started to ignore, as
 * nohup(1) has it.
 */
#ifndef FORWARD_H
#define FORWARD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forward {
	sigset_t held;
	sigset_t mask;		/* as it was before: the command's */
	int fd;			/* to poll for input; -1: not opened */
	sigset_t others;	/* forward_add(): they are not passed on */
	int first;		/* the signal that was taken first; 0: none */
	uint64_t first_ns;	/* when, on the monotonic clock */
};

/* From here on they wait, until forward_take() or the release. */
void forward_hold(struct forward *p);
/*
 * Another one that waits and is to be taken, and does nothing but that; false:
 * we were started to ignore it.
 */
bool forward_add(struct forward *p, int signal);
/* After that: 0 or -errno. */
int forward_open(struct forward *p);
void forward_close(struct forward *p);
/* They kill again, those too that nobody has taken. */
void forward_release(const struct forward *p);

enum forward_order {
	FORWARD_NONE,		/* there is none, or it counts as one before */
	FORWARD_FIRST,
	FORWARD_AGAIN,
	FORWARD_OTHER,		/* of forward_add() */
};

struct forwarded {
	int signal;
	bool from_terminal;	/* the kernel sent it */
};

/* Take one that has come. */
enum forward_order forward_take(struct forward *p, struct forwarded *signal);
/* Whether one has come, taken or not. */
bool forward_has_come(const struct forward *p);
/* Whether the command, a child, has got it without us. */
bool forward_is_there(const struct forwarded *signal, pid_t command);

#endif
