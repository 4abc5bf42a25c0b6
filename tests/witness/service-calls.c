/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: service-calls [native] — makes calls, and prints "NAME ERRNO" for
 * each. A name that ends in -32 means a call by int 0x80; "native" leaves these
 * out.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call32(long nr, long a)
{
	long ret;

	__asm__ volatile ("int $0x80" : "=a" (ret)
			  : "a" (nr), "b" (a), "c" (1L), "d" (0L)
			  : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static void print_errno(const char *name, long ret)
{
	printf("%s %ld\n", name, ret < 0 ? -ret : 0);
}

#define PRINT_ERRNO(name, a) \
	print_errno(#name, syscall(SYS_##name, a, 1, 0) < 0 ? -errno : 0)

int main(int argc, char **argv)
{
	(void)argv;
	PRINT_ERRNO(getppid, 0);
	PRINT_ERRNO(umask, 022);
	PRINT_ERRNO(getpriority, 0);
	PRINT_ERRNO(times, 0);
	PRINT_ERRNO(getsid, 0);
	PRINT_ERRNO(sysinfo, 0);
	PRINT_ERRNO(sched_getscheduler, 0);
	print_errno("socket-unix", syscall(SYS_socket, 1, 1, 0) < 0 ? -errno : 0);
	print_errno("socket-inet", syscall(SYS_socket, 2, 1, 0) < 0 ? -errno : 0);
	if (argc > 1)
		return 0;
	print_errno("getppid-32", call32(64, 0));
	print_errno("getpriority-32", call32(96, 0));
	print_errno("sched_getscheduler-32", call32(157, 0));
	print_errno("socket-32", call32(359, 2));
	return 0;
}
