/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uses one number in two architectures, within one process: i386 getpid and
 * x86-64 writev.
 */
#include "nolibc.h"

void _start(void)
{
	for (int i = 0; i < 3; i++)
		call32(NR32_getpid, 0);
	for (int i = 0; i < 2; i++)
		call64(NR64_writev, -1);
	call32(NR32_getpid, 0);
	for (;;)
		call64(NR64_exit_group, 0);
}
