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

static void say(const char *name, long ret)
{
	printf("%s %ld\n", name, ret < 0 ? -ret : 0);
}

#define SAY(name, a) \
	say(#name, syscall(SYS_##name, a, 1, 0) < 0 ? -errno : 0)

int main(int argc, char **argv)
{
	(void)argv;
	SAY(getppid, 0);
	SAY(umask, 022);
	SAY(getpriority, 0);
	SAY(times, 0);
	SAY(getsid, 0);
	SAY(sysinfo, 0);
	SAY(sched_getscheduler, 0);
	say("socket-unix", syscall(SYS_socket, 1, 1, 0) < 0 ? -errno : 0);
	say("socket-inet", syscall(SYS_socket, 2, 1, 0) < 0 ? -errno : 0);
	if (argc > 1)
		return 0;
	say("getppid-32", call32(64, 0));
	say("getpriority-32", call32(96, 0));
	say("sched_getscheduler-32", call32(157, 0));
	say("socket-32", call32(359, 2));
	return 0;
}
