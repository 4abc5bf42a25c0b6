/* SPDX-License-Identifier: Apache-2.0 */
#include "process/forward.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* within this time, the same signal counts as a repetition: see is_repeat() */
enum { REPEAT_MS = 200 };

static void add_terminal_signals(sigset_t *set)
{
	sigaddset(set, SIGTTIN);
	sigaddset(set, SIGTTOU);
}

void forward_hold(struct forward *p)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t blocked;

	*p = (struct forward){ .fd = -1 };
	sigemptyset(&p->held);
	sigemptyset(&p->others);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!sigaction(signals[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&p->held, signals[i]);
	blocked = p->held;
	add_terminal_signals(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, &p->mask);
}

bool forward_add(struct forward *p, int sig)
{
	struct sigaction action;

	if (sigaction(sig, NULL, &action) || action.sa_handler == SIG_IGN)
		return false;
	sigaddset(&p->held, sig);
	sigaddset(&p->others, sig);
	sigprocmask(SIG_BLOCK, &p->held, NULL);
	return true;
}

int forward_open(struct forward *p)
{
	p->fd = signalfd(-1, &p->held, SFD_CLOEXEC | SFD_NONBLOCK);
	return p->fd < 0 ? -errno : 0;
}

void forward_close(struct forward *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/*
 * timeout(1) and similar programs signal their child, and then its whole group:
 * we get the signal twice.
 */
static bool is_repeat(const struct forward *p, int sig)
{
	return sig == p->first &&
		now_ns() - p->first_ns < REPEAT_MS * 1000000ULL;
}

/* Drops the repetition, which would kill us after forward_release(). */
static void drop_repeat(const struct forward *p)
{
	const struct timespec at_once = { 0, 0 };
	sigset_t set;

	if (!is_repeat(p, p->first))
		return;
	sigemptyset(&set);
	sigaddset(&set, p->first);
	sigtimedwait(&set, NULL, &at_once);
}

void forward_release(const struct forward *p)
{
	sigset_t mask = p->mask;

	if (p->first)
		drop_repeat(p);
	/* these stay blocked: they must never kill or stop the tool */
	sigorset(&mask, &mask, &p->others);
	add_terminal_signals(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

enum forward_order forward_take(struct forward *p, struct forwarded *signal)
{
	struct signalfd_siginfo info;

	if (read(p->fd, &info, sizeof(info)) != sizeof(info))
		return FORWARD_NONE;
	*signal = (struct forwarded){ info.ssi_signo,
				   info.ssi_code == SI_KERNEL };
	if (sigismember(&p->others, signal->signal))
		return FORWARD_OTHER;
	if (p->first)
		return is_repeat(p, signal->signal) ? FORWARD_NONE :
			FORWARD_AGAIN;
	p->first = signal->signal;
	p->first_ns = now_ns();
	return FORWARD_FIRST;
}

bool forward_has_come(const struct forward *p)
{
	struct pollfd fd = { .fd = p->fd, .events = POLLIN };

	return p->first || poll(&fd, 1, 0) > 0;
}

/*
 * The terminal sends signals to the command's group, too, except for a hangup,
 * which goes to the session's leader alone.
 */
bool forward_is_shared(const struct forwarded *signal, pid_t command)
{
	if (signal->signal == SIGHUP && getsid(0) == getpid())
		return false;
	return signal->from_terminal && getpgid(command) == getpgrp();
}
