/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads end one after the other, and the leader is not the last. The end of a
 * thread must not affect the others.
 */
#include <pthread.h>

#include "witness.h"

enum { THREADS = 8, MARKS = 5 };

static void *worker(void *arg)
{
	(void)arg;
	for (int i = 0; i < MARKS; i++)
		MARK(getpgid);
	return NULL;
}

static void run_workers(void)
{
	pthread_t thread;

	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&thread, NULL, worker, NULL))
			errx(1, "pthread_create");
		pthread_join(thread, NULL);
		MARK(sched_get_priority_max);
	}
}

static void *survivor(void *leader)
{
	pthread_join(*(pthread_t *)leader, NULL);
	for (int i = 0; i < MARKS; i++)
		MARK(getsid);
	exit(0);
}

int main(void)
{
	static pthread_t leader;
	pthread_t thread;

	TRUTH(getpgid, THREADS * MARKS);
	TRUTH(sched_get_priority_max, THREADS);
	TRUTH(getsid, MARKS);
	run_workers();
	leader = pthread_self();
	if (pthread_create(&thread, NULL, survivor, &leader))
		errx(1, "pthread_create");
	pthread_exit(NULL);
}
