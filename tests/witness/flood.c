/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: flood THREADS CALLS — calls getppid CALLS times, divided among the
 * threads
 */
#include <pthread.h>

#include "witness.h"

static void *flood(void *calls)
{
	for (long i = (long)calls; i > 0; i--)
		syscall(SYS_getppid);
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc == 3 ? atoi(argv[1]) : 0;
	long share = threads > 0 ? atol(argv[2]) / threads : 0;
	pthread_t thread[64];

	if (threads < 1 || threads > 64 || share < 1)
		errx(2, "usage: flood THREADS CALLS");
	TRUTH(getppid, share * threads);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, flood, (void *)share))
			errx(1, "pthread_create");
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
}
