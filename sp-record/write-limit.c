/* SPDX-License-Identifier: Apache-2.0 */
#include "write-limit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

#ifndef sigev_notify_thread_id		/* glibc before 2.36 */
#define sigev_notify_thread_id _sigev_un._tid
#endif

/*
 * The signal repeats, because the first one can come just before a write
 * begins.
 */
enum { LIMIT_NS = 200000000, AGAIN_NS = 10000000 };

struct write_limit {
	int fd;
	int copy;		/* a copy of the descriptor */
	int null;		/* a descriptor of /dev/null */
	timer_t timer;
	bool has_timer;
	struct sigaction before;	/* the action for SIGALRM before */
	volatile sig_atomic_t cut;
};

bool write_is_possible(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) > 0;
}

/*
 * Replaces the descriptor by /dev/null. ncurses repeats a write that a signal
 * interrupted; the second one then goes to /dev/null.
 */
static void on_timer(int number, siginfo_t *info, void *context)
{
	struct write_limit *l = info->si_value.sival_ptr;
	int error = errno;

	(void)number, (void)context;
	if (info->si_code == SI_TIMER) {
		l->cut = 1;
		dup3(l->null, l->fd, O_CLOEXEC);
	}
	errno = error;
}

static bool make_timer(struct write_limit *l)
{
	struct sigaction action = {
		.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO,
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM,
		.sigev_value.sival_ptr = l, .sigev_notify_thread_id = gettid(),
	};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	if (sigaction(SIGALRM, &action, &l->before))
		return false;
	l->has_timer = !sigprocmask(SIG_UNBLOCK, &set, NULL) &&
		!timer_create(CLOCK_MONOTONIC, &event, &l->timer);
	if (!l->has_timer)
		sigaction(SIGALRM, &l->before, NULL);
	return l->has_timer;
}

struct write_limit *write_limit_new(int fd)
{
	struct write_limit *l = xcalloc(1, sizeof(*l));

	l->fd = fd;
	l->copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	l->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (l->copy >= 0 && l->null >= 0 && make_timer(l))
		return l;
	write_limit_free(l);
	return NULL;
}

void write_limit_free(struct write_limit *l)
{
	if (!l)
		return;
	if (l->has_timer) {
		timer_delete(l->timer);
		sigaction(SIGALRM, &l->before, NULL);
	}
	if (l->copy >= 0)
		close(l->copy);
	if (l->null >= 0)
		close(l->null);
	free(l);
}

static void set_timer(const struct write_limit *l, long first_ns, long next_ns)
{
	struct itimerspec when = {
		.it_value.tv_nsec = first_ns, .it_interval.tv_nsec = next_ns,
	};

	timer_settime(l->timer, 0, &when, NULL);
}

void write_limit_begin(struct write_limit *l)
{
	if (!l)
		return;
	l->cut = 0;
	set_timer(l, LIMIT_NS, AGAIN_NS);
}

bool write_limit_end(struct write_limit *l)
{
	if (!l)
		return true;
	set_timer(l, 0, 0);
	if (l->cut)
		dup3(l->copy, l->fd, O_CLOEXEC);
	return !l->cut;
}
