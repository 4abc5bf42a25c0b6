/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contains calls that no run makes, in every way in which programs make calls.
 */
#include <dlfcn.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef PLUGIN
int plugin(int fd)
{
	return setns(fd, 0);
}
#else
static long raw(long number)
{
	long result;

	__asm__ volatile ("syscall" : "=a" (result) : "0" (number)
			  : "rcx", "r11", "memory");
	return result;
}

/* The number of the call is the argument. */
__attribute__((noinline)) static long pass(long number)
{
	return raw(number);
}

/* The number of the call is one of two constants. */
__attribute__((noinline)) static long choose(int argc)
{
	long number = SYS_swapon;

	if (argc > 3) {
		puts("x");
		number = SYS_reboot;
	}
	return pass(number);
}

/* The number of the call is on the stack while another function runs. */
__attribute__((noinline)) static long keep(int argc)
{
	volatile long number = SYS_setdomainname;

	if (argc > 9)
		puts("x");
	return pass(number);
}

int main(int argc, char **argv)
{
	char *none[] = { NULL };
	pid_t pid;

	if (argc < 2)
		return 0;
	sethostname(argv[1], 1);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	posix_spawn(&pid, argv[1], NULL, NULL, none, none);
	syscall(SYS_getpriority, 0, 0);
	raw(SYS_acct);
	pass(argc > 2 ? atoi(argv[1]) : 1);
	choose(argc);
	keep(argc);
	return dlopen(argv[1], RTLD_NOW) != NULL;
}
#endif
