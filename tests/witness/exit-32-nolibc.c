/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 32-bit program. Its recording has the 64-bit execve of the program that
 * started it, and its own exit_group.
 */
#include "nolibc.h"

void _start(void)
{
	for (;;)
		call32(NR32_exit_group, 0);
}
