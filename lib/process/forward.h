/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forwards SIGINT, SIGTERM and SIGHUP. A tool that runs a command is not killed
 * by these signals, but passes them on. The exceptions are signals that it was
 * started to ignore, as by nohup(1).
 *
 * Also blocks SIGTTIN and SIGTTOU: the command can put the tool into the
 * background of their terminal (tcsetpgrp(3)) and set TOSTOP (termios(3)). The
 * next message would then stop the tool forever.
 */
#ifndef FORWARD_H
#define FORWARD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forward {
	sigset_t held;
	/* the earlier signal mask, which the command gets */
	sigset_t mask;
	int fd;			/* to poll for input; -1: not opened */
	/* signals of forward_add(), which are not passed on */
	sigset_t others;
	int first;		/* the first signal that was taken; 0: none */
	uint64_t first_ns;	/* when it was taken, on the monotonic clock */
};

/*
 * Blocks the signals: they stay pending until forward_take() or
 * forward_release(). SIGTTIN and SIGTTOU stay blocked.
 */
void forward_hold(struct forward *p);
/*
 * Also blocks this signal, so that it has no effect of its own. Returns false
 * if we were started to ignore it.
 */
bool forward_add(struct forward *p, int signal);
/* Opens `fd`. Call it after forward_add(). Returns 0 or -errno. */
int forward_open(struct forward *p);
void forward_close(struct forward *p);
/*
 * Unblocks the signals: they kill the process again, including those that are
 * pending.
 */
void forward_release(const struct forward *p);

enum forward_order {
	FORWARD_NONE,		/* no signal, or a repetition */
	FORWARD_FIRST,
	FORWARD_AGAIN,
	FORWARD_OTHER,		/* a signal of forward_add() */
};

struct forwarded {
	int signal;
	bool from_terminal;	/* the kernel sent it, as for a key */
};

/* Takes a pending signal. */
enum forward_order forward_take(struct forward *p, struct forwarded *signal);
/* Whether a signal is pending or was taken. */
bool forward_has_come(const struct forward *p);
/*
 * Whether the terminal sends the signal to the command, too.
 */
bool forward_is_shared(const struct forwarded *signal, pid_t command);

#endif
