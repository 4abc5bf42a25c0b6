/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that makes only the calls it spells out: no libc, no loader. Its
 * recording must be exactly these and the execve that started it.
 */
#ifndef NOLIBC_H
#define NOLIBC_H

#ifdef __x86_64__
static inline long call64(long nr, long a)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(0),
			 "d"(0) : "rcx", "r11", "memory");
	return ret;
}
#endif

/* The 32-bit entry, open to 64-bit programs too. */
static inline long call32(long nr, long a)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(0),
			 "d"(0) : "memory");
	return ret;
}

enum {
	NR64_writev = 20,
	NR64_getpid = 39,
	NR64_exit_group = 231,
	NR32_getpid = 20,
	NR32_exit_group = 252,
	X32_BIT = 0x40000000,
};

__attribute__((noreturn)) void _start(void);

#endif
