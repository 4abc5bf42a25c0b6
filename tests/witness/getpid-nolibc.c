/* SPDX-License-Identifier: Apache-2.0 */
/* Calls getpid four times, without a libc. */
#include "nolibc.h"

void _start(void)
{
	for (int i = 0; i < 4; i++)
		call64(NR64_getpid, 0);
	for (;;)
		call64(NR64_exit_group, 0);
}
