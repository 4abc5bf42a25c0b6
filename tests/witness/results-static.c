/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: results-static [native] — makes calls, and prints "ARCH NR RESULT" for
 * each; "native" leaves out calls by int 0x80
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long compat(long nr)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result)
			 : "a"(nr), "b"(0), "c"(0), "d"(0)
			 : "r8", "r9", "r10", "r11", "memory");
	return result;
}

static void say(const char *arch, long nr, long result)
{
	const char *name = result < 0 ? strerrorname_np(-result) : "ok";
	char line[80];
	int n = snprintf(line, sizeof(line), "%s %ld %s\n", arch, nr,
			 name ? name : "?");

	syscall(SYS_write, 1, line, n);
}

static void native(const char *arch, long nr)
{
	char memory[4096] = "";
	long result = syscall(nr, memory);

	say(arch, nr, result < 0 ? -errno : result);
}

int main(int argc, char **argv)
{
	static const int calls[] = {
		SYS_getpid, SYS_getppid, SYS_getuid, SYS_geteuid,
		SYS_uname, SYS_sched_yield, SYS_getpgrp, SYS_gettid,
		SYS_sync, SYS_timer_getoverrun, SYS_inotify_init1,
		SYS_close_range, 462, 471, 500, 1000,
	};
	static const int compats[] = { 20, 24, 64, 122, 158, 199, 224,
				       420, 471, 500, 1000 };

	for (unsigned i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		native("x86_64", calls[i]);
	for (unsigned i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		native("x32", 0x40000000 | calls[i]);
	if (argc > 1 && !strcmp(argv[1], "native"))
		return 0;
	for (unsigned i = 0; i < sizeof(compats) / sizeof(*compats); i++)
		say("x86", compats[i], compat(compats[i]));
	return 0;
}
