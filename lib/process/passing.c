/* SPDX-License-Identifier: Apache-2.0 */
#include "process/passing.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { REPEAT_MS = 200 };	/* the same signal again: to us and our group */

void passing_hold(struct passing *p)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;

	*p = (struct passing){ .fd = -1 };
	sigemptyset(&p->held);
	sigemptyset(&p->others);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!sigaction(signals[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&p->held, signals[i]);
	sigprocmask(SIG_BLOCK, &p->held, &p->mask);
}

bool passing_add(struct passing *p, int sig)
{
	struct sigaction action;

	if (sigaction(sig, NULL, &action) || action.sa_handler == SIG_IGN)
		return false;
	sigaddset(&p->held, sig);
	sigaddset(&p->others, sig);
	sigprocmask(SIG_BLOCK, &p->held, NULL);
	return true;
}

int passing_open(struct passing *p)
{
	p->fd = signalfd(-1, &p->held, SFD_CLOEXEC | SFD_NONBLOCK);
	return p->fd < 0 ? -errno : 0;
}

void passing_close(struct passing *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* timeout(1) and others signal their child, and then its group. */
static bool is_repeat(const struct passing *p, int sig)
{
	return sig == p->first &&
		now_ns() - p->first_ns < REPEAT_MS * 1000000ULL;
}

/* It would kill us when the one before it has been passed on. */
static void drop_repeat(const struct passing *p)
{
	const struct timespec at_once = { 0, 0 };
	sigset_t set;

	if (!is_repeat(p, p->first))
		return;
	sigemptyset(&set);
	sigaddset(&set, p->first);
	sigtimedwait(&set, NULL, &at_once);
}

void passing_release(const struct passing *p)
{
	sigset_t mask = p->mask;

	if (p->first)
		drop_repeat(p);
	sigorset(&mask, &mask, &p->others);	/* these shall never kill us */
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

enum passing_order passing_take(struct passing *p, struct passed *signal)
{
	struct signalfd_siginfo info;

	if (read(p->fd, &info, sizeof(info)) != sizeof(info))
		return PASSING_NONE;
	*signal = (struct passed){ info.ssi_signo,
				   info.ssi_code == SI_KERNEL };
	if (sigismember(&p->others, signal->signal))
		return PASSING_OTHER;
	if (p->first)
		return is_repeat(p, signal->signal) ? PASSING_NONE :
			PASSING_AGAIN;
	p->first = signal->signal;
	p->first_ns = now_ns();
	return PASSING_FIRST;
}

bool passing_has_come(const struct passing *p)
{
	struct pollfd fd = { .fd = p->fd, .events = POLLIN };

	return p->first || poll(&fd, 1, 0) > 0;
}

/*
 * A signal from the terminal went to the command's group too; but a hangup
 * goes to the session's leader alone.
 */
bool passing_is_there(const struct passed *signal, pid_t command)
{
	if (signal->signal == SIGHUP && getsid(0) == getpid())
		return false;
	return signal->from_terminal && getpgid(command) == getpgrp();
}
