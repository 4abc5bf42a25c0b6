/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char memory[512 << 20];

/*
 * usage: caller COUNT [SECONDS [MIB]] — makes COUNT calls of getpgid, and then
 * sleeps for SECONDS. It writes to MIB of memory, so that its exit takes time.
 */
int main(int argc, char **argv)
{
	if (argc > 3)
		memset(memory, 1, atol(argv[3]) << 20);
	for (int i = argc > 1 ? atoi(argv[1]) : 0; i; i--)
		syscall(SYS_getpgid, 0);
	if (argc > 2)
		sleep(atoi(argv[2]));
	return 0;
}
