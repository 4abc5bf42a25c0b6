/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uses numbers that belong to no call, by int 0x80. It makes i + 2 calls with
 * number i of the list.
 */
#include "nolibc.h"

static const long numbers[] = { -1, 600 };

void _start(void)
{
	for (int i = 0; i < 2; i++)
		for (int times = i + 2; times; times--)
			call32(numbers[i], 0);
	for (;;)
		call64(NR64_exit_group, 0);
}
