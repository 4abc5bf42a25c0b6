/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many threads run at once and make the same number of calls, in turn. They
 * have more kernel stacks than the recorder's table has rows, so that some
 * threads share a row.
 */
#include <pthread.h>

#include "witness.h"

enum { THREADS = 2000, MARKS = 4, STACK = 64 * 1024 };

static pthread_barrier_t all;

static void *member(void *arg)
{
	for (int i = 0; i < MARKS; i++) {
		pthread_barrier_wait(&all);
		MARK(getpgid);
	}
	return arg;
}

int main(void)
{
	static pthread_t threads[THREADS];
	pthread_attr_t attributes;

	TRUTH(getpgid, THREADS * MARKS);
	pthread_barrier_init(&all, NULL, THREADS);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &attributes, member, NULL))
			errx(1, "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
