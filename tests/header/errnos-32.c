/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the errnos of getpid and getppid. Without an argument, also prints
 * their errnos by int 0x80.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"

static long call32(long nr)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(nr) : "memory");
	return result < 0 ? -result : 0;
}

int main(int argc, char **argv)
{
	char line[100];
	long e[4];
	int n;

	(void)argv;

	if (sandprint_load())
		return 1;
	e[0] = syscall(SYS_getpid) < 0 ? errno : 0;
	e[1] = syscall(SYS_getppid) < 0 ? errno : 0;
	n = snprintf(line, sizeof(line), "%ld %ld\n", e[0], e[1]);
	if (argc == 1) {
		e[2] = call32(20 /* getpid */);
		e[3] = call32(64 /* getppid */);
		n = snprintf(line, sizeof(line), "%ld %ld %ld %ld\n", e[0],
			     e[1], e[2], e[3]);
	}
	return write(1, line, n) != n;
}
