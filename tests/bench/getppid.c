/* SPDX-License-Identifier: Apache-2.0 */
/* getppid CALLS [THREADS]: prints the nanoseconds that a call took. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long calls;

static void *work(void *arg)
{
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	return arg;
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[2]) : 1;
	pthread_t threads[64];
	double start;

	calls = argc > 1 ? atol(argv[1]) : 1000000;
	if (n < 1 || n > 64)
		return 2;
	start = now_ns();
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("%.1f\n", (now_ns() - start) / calls);
	return 0;
}
