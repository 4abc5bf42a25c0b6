/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGINT, SIGTERM and SIGHUP. A tool that runs a command does not die of them,
 * but passes them on, except for those that it was started to ignore, as by
 * nohup(1).
 */
#ifndef FORWARD_H
#define FORWARD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forward {
	sigset_t held;
	/* the mask before that, which the command gets */
	sigset_t mask;
	int fd;			/* to poll for input; -1: not opened */
	sigset_t others;	/* of forward_add(): not passed on */
	int first;		/* the signal that was taken first; 0: none */
	uint64_t first_ns;	/* when, on the monotonic clock */
};

/*
 * From now on the signals stay pending, until forward_take() or
 * forward_release().
 */
void forward_hold(struct forward *p);
/*
 * Takes this signal, too; its usual action no longer happens. Returns false if
 * we were started to ignore it.
 */
bool forward_add(struct forward *p, int signal);
/* Opens `fd`, after the calls of forward_add(). Returns 0 or -errno. */
int forward_open(struct forward *p);
void forward_close(struct forward *p);
/* From now on the signals kill us again, also those that are pending. */
void forward_release(const struct forward *p);

enum forward_order {
	FORWARD_NONE,		/* no signal, or the last one again */
	FORWARD_FIRST,
	FORWARD_AGAIN,
	FORWARD_OTHER,		/* of forward_add() */
};

struct forwarded {
	int signal;
	bool from_terminal;	/* the kernel sent it */
};

/* Take a signal that has come. */
enum forward_order forward_take(struct forward *p, struct forwarded *signal);
/* Whether a signal has come, taken or not. */
bool forward_has_come(const struct forward *p);
/* Whether the command, a child, has got the signal from somebody else. */
bool forward_is_there(const struct forwarded *signal, pid_t command);

#endif
