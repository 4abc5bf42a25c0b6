/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: rush TIMES — so often, 200 getppid in a row and a nap of a millisecond;
 * then 200 getuid, five microseconds apart.
 */
#include <time.h>

#include "witness.h"

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	long times = argc == 2 ? atol(argv[1]) : 0, until;

	if (times < 1)
		errx(2, "usage: rush TIMES");
	for (long i = 0; i < times; i++) {
		for (int j = 0; j < 200; j++)
			syscall(SYS_getppid);
		syscall(SYS_nanosleep, &nap, NULL);
	}
	for (int j = 0; j < 200; j++) {
		until = now_ns() + 5000;
		syscall(SYS_getuid);
		while (now_ns() < until)
			;
	}
}
