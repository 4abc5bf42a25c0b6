/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uses numbers that belong to no call, and a number of x32. It makes i + 1
 * calls with number i of the list.
 */
#include "nolibc.h"

static const long numbers[] = {
	-1, 512, 600, 100000, 0x7fffffff, -2147483647 - 1,
	X32_BIT | NR64_getpid,
};

static void repeat(long nr, int times)
{
	for (int i = 0; i < times; i++)
		call64(nr, 0);
}

void _start(void)
{
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		repeat(numbers[i], i + 1);
	/* The kernel ignores the upper half of the register. */
	repeat(0x100000000 | NR64_getpid, 4);
	for (;;)
		call64(NR64_exit_group, 0);
}
