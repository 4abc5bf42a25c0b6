/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the limit of the recorder's real-time priority. Exits with 77 if this
 * process may not raise its priority.
 */
#include "../../sp-record/priority.c"

#include <stdio.h>
#include <unistd.h>

static int failures;

static void check(bool holds, const char *what)
{
	if (!holds)
		printf("%s\n", what);
	failures += !holds;
}

static bool is_first(void)
{
	return sched_getscheduler(0) == (SCHED_FIFO | SCHED_RESET_ON_FORK);
}

/* Returns the CPU time after which the priority was lowered, in ms. */
static uint64_t work(struct priority *p)
{
	uint64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID), ns;

	do
		ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
	while (priority_limit(p) && ns < PRIORITY_PERIOD_MS * 1000000ULL);
	return ns / 1000000;
}

int main(void)
{
	struct priority p;
	uint64_t ms;

	priority_raise(&p);
	if (!p.permitted)
		return 77;
	check(is_first(), "the priority is not raised");
	check(priority_limit(&p), "the priority is lowered without work");
	ms = work(&p);
	check(ms > PRIORITY_MOST_MS / 2 && ms < 2 * PRIORITY_MOST_MS,
	      "the priority is not lowered when the time is used up");
	check(!is_first() && !priority_limit(&p), "the priority is not lowered");
	check(priority_due(&p) > now_ns(), "the next period is not awaited");
	usleep(PRIORITY_PERIOD_MS * 1000);
	check(priority_limit(&p) && is_first(), "the priority is not raised again");
	priority_restore(&p);
	check(sched_getscheduler(0) == SCHED_OTHER, "the policy is not restored");
	return failures != 0;
}
