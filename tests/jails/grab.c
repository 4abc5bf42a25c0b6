/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD into minijail0: instead of loading the first filter, writes it
 * to the file $GRAB, and exits.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void grab(const struct sock_fprog *p)
{
	int fd = open(getenv("GRAB"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ssize_t n = p->len * sizeof(*p->filter);

	_exit(write(fd, p->filter, n) == n ? 0 : 9);
}

long syscall(long nr, ...)
{
	long a[6], result;
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (nr == SYS_seccomp && a[0] == SECCOMP_SET_MODE_FILTER && a[2])
		grab((const struct sock_fprog *)a[2]);
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10),
			   "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	if (result >= 0 || result < -4095)
		return result;
	errno = -result;
	return -1;
}

int prctl(int option, ...)
{
	long a[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (option == PR_SET_SECCOMP && a[0] == SECCOMP_MODE_FILTER && a[1])
		grab((const struct sock_fprog *)a[1]);
	return syscall(SYS_prctl, option, a[0], a[1], a[2], a[3], 0);
}
