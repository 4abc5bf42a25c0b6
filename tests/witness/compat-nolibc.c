/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes calls with the same number on two architectures in one process: getpid
 * of i386 and writev of x86-64.
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
