/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGINT, SIGTERM and SIGHUP, which a tool that runs a command does not die
 * of, but passes on to that; less those that it was started to ignore, as
 * nohup(1) has it.
 */
#ifndef PASSING_H
#define PASSING_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct passing {
	sigset_t held;
	sigset_t mask;		/* as it was before: the command's */
	int fd;			/* to poll for input; -1: not opened */
	sigset_t others;	/* passing_add(): they are not passed on */
	int first;		/* the signal that was taken first; 0: none */
	uint64_t first_ns;	/* when, on the monotonic clock */
};

/* From here on they wait, until passing_take() or the release. */
void passing_hold(struct passing *p);
/*
 * Another one that waits and is to be taken, and does nothing but that; false:
 * we were started to ignore it.
 */
bool passing_add(struct passing *p, int signal);
/* After that: 0 or -errno. */
int passing_open(struct passing *p);
void passing_close(struct passing *p);
/* They kill again, those too that nobody has taken. */
void passing_release(const struct passing *p);

enum passing_order {
	PASSING_NONE,		/* there is none, or it counts as one before */
	PASSING_FIRST,
	PASSING_AGAIN,
	PASSING_OTHER,		/* of passing_add() */
};

struct passed {
	int signal;
	bool from_terminal;	/* the kernel sent it */
};

/* Take one that has come. */
enum passing_order passing_take(struct passing *p, struct passed *signal);
/* Whether one has come, taken or not. */
bool passing_has_come(const struct passing *p);
/* Whether the command, a child, has got it without us. */
bool passing_is_there(const struct passed *signal, pid_t command);

#endif
