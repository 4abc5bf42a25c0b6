/* SPDX-License-Identifier: Apache-2.0 */
#include "priority.h"

#include "base/clock.h"

static bool raise_priority(void)
{
	struct sched_param first = { .sched_priority = 1 };

	return !sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
}

/*
 * A user who may only set priorities (RLIMIT_RTPRIO) cannot clear the flag
 * SCHED_RESET_ON_FORK.
 */
static void lower_priority(const struct priority *p)
{
	if (sched_setscheduler(0, p->policy, &p->param))
		sched_setscheduler(0, p->policy | SCHED_RESET_ON_FORK,
				   &p->param);
}

static void begin_period(struct priority *p, uint64_t now)
{
	p->since_ns = now;
	p->used_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void priority_raise(struct priority *p)
{
	*p = (struct priority){ .policy = sched_getscheduler(0) };
	sched_getparam(0, &p->param);
	/*
	 * This priority comes from a caller, and is for the start. Writing the
	 * stream at the end does not need it.
	 */
	if (p->policy == (SCHED_FIFO | SCHED_RESET_ON_FORK)) {
		p->policy = SCHED_OTHER;
		p->param.sched_priority = 0;
	}
	p->permitted = p->raised = raise_priority();
	begin_period(p, now_ns());
}

static uint64_t period_end(const struct priority *p)
{
	return p->since_ns + PRIORITY_PERIOD_MS * 1000000ULL;
}

uint64_t priority_due(const struct priority *p)
{
	return p->permitted && !p->raised ? period_end(p) : 0;
}

bool priority_limit(struct priority *p)
{
	uint64_t now;

	if (!p->permitted)
		return false;
	now = now_ns();
	if (now >= period_end(p)) {
		begin_period(p, now);
		if (!p->raised)
			p->raised = raise_priority();
	} else if (p->raised && clock_ns(CLOCK_THREAD_CPUTIME_ID) - p->used_ns >=
		   PRIORITY_MOST_MS * 1000000ULL) {
		lower_priority(p);
		p->raised = false;
	}
	return p->raised;
}

void priority_restore(struct priority *p)
{
	if (p->permitted && p->raised)
		lower_priority(p);
	*p = (struct priority){ 0 };
}
