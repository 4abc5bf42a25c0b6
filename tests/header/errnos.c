/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the errnos of getuid, getppid and clone3 under a filter from a C
 * header.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"

int main(void)
{
	char line[100];
	int e[3], n;

	if (sandprint_load())
		return 1;
	e[0] = syscall(SYS_getuid) < 0 ? errno : 0;
	e[1] = syscall(SYS_getppid) < 0 ? errno : 0;
	e[2] = syscall(435 /* clone3 */, 0, 0) < 0 ? errno : 0;
	n = snprintf(line, sizeof(line), "%d %d %d\n", e[0], e[1], e[2]);
	return write(1, line, n) != n;
}
