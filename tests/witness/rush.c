/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: rush TIMES — TIMES times, makes 200 calls of getppid in a row and
 * sleeps for a millisecond. Then makes 200 further calls of getppid, computes
 * for 30 milliseconds, and makes 200 calls of getuid, five microseconds apart.
 */
#include <time.h>

#include "witness.h"

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

static void rush(void)
{
	for (int i = 0; i < 200; i++)
		syscall(SYS_getppid);
}

static void wait_until(long ns)
{
	while (now_ns() < ns)
		;
}

int main(int argc, char **argv)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	long times = argc == 2 ? atol(argv[1]) : 0, until;

	if (times < 1)
		errx(2, "usage: rush TIMES");
	for (long i = 0; i < times; i++) {
		rush();
		syscall(SYS_nanosleep, &nap, NULL);
	}
	rush();
	wait_until(now_ns() + 30000000);
	for (int j = 0; j < 200; j++) {
		until = now_ns() + 5000;
		syscall(SYS_getuid);
		wait_until(until);
	}
}
