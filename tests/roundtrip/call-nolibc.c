/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: call NR [ARGUMENT...]
 *
 * Makes this call. Exits with 1 if a filter denied it, and otherwise with 0. It
 * makes no other call, so that it can run under the profile of any program.
 * Missing arguments are -1, so that an allowed call has no effect. (0 is a
 * descriptor: fchmod(0, 0) would change /dev/null.)
 */
#include <errno.h>

static long call(long nr, const long *a)
{
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	long ret;

	__asm__ volatile("syscall" : "=a"(ret)
			 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10),
			   "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return ret;
}

static long number(const char *text)
{
	long n = 0;

	while (*text)
		n = n * 10 + *text++ - '0';
	return n;
}

__attribute__((noreturn, used)) static void start(long *stack)
{
	char **argv = (char **)(stack + 1);
	long a[6] = { -1, -1, -1, -1, -1, -1 }, ret;

	for (int i = 0; i < 6 && argv[1] && argv[i + 2]; i++)
		a[i] = number(argv[i + 2]);
	ret = call(argv[1] ? number(argv[1]) : -1, a);
	a[0] = ret == -EPERM || ret == -ENOSYS || ret == -EAFNOSUPPORT;
	for (;;)
		call(231, a);
}

__attribute__((naked, noreturn)) void _start(void)
{
	__asm__("mov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start");
}
