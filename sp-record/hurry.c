/* SPDX-License-Identifier: Apache-2.0 */
#include "hurry.h"

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
static void lower_priority(const struct hurry *h)
{
	if (sched_setscheduler(0, h->policy, &h->param))
		sched_setscheduler(0, h->policy | SCHED_RESET_ON_FORK,
				   &h->param);
}

static void begin_period(struct hurry *h, uint64_t now)
{
	h->since_ns = now;
	h->used_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void hurry_begin(struct hurry *h)
{
	*h = (struct hurry){ .policy = sched_getscheduler(0) };
	sched_getparam(0, &h->param);
	/*
	 * This priority comes from a caller, and is for the start. Writing the
	 * stream at the end does not need it.
	 */
	if (h->policy == (SCHED_FIFO | SCHED_RESET_ON_FORK)) {
		h->policy = SCHED_OTHER;
		h->param.sched_priority = 0;
	}
	h->permitted = h->raised = raise_priority();
	begin_period(h, now_ns());
}

static uint64_t period_end(const struct hurry *h)
{
	return h->since_ns + HURRY_PERIOD_MS * 1000000ULL;
}

uint64_t hurry_due(const struct hurry *h)
{
	return h->permitted && !h->raised ? period_end(h) : 0;
}

bool hurry_limit(struct hurry *h)
{
	uint64_t now;

	if (!h->permitted)
		return false;
	now = now_ns();
	if (now >= period_end(h)) {
		begin_period(h, now);
		if (!h->raised)
			h->raised = raise_priority();
	} else if (h->raised && clock_ns(CLOCK_THREAD_CPUTIME_ID) - h->used_ns >=
		   HURRY_MOST_MS * 1000000ULL) {
		lower_priority(h);
		h->raised = false;
	}
	return h->raised;
}

void hurry_end(struct hurry *h)
{
	if (h->permitted && h->raised)
		lower_priority(h);
	*h = (struct hurry){ 0 };
}
