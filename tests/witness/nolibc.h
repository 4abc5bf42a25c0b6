/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program with this header has no libc and no loader, and makes only the
 * calls in its source. Its recording must have exactly these calls, and the
 * execve that started the program.
 */
#ifndef NOLIBC_H
#define NOLIBC_H

#if defined(__x86_64__)
static inline long call64(long nr, long a)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(0),
			 "d"(0) : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long call64(long nr, long a)
{
	register long number __asm__("x8") = nr;
	register long first __asm__("x0") = a;
	register long second __asm__("x1") = 0;
	register long third __asm__("x2") = 0;

	__asm__ volatile("svc #0" : "+r"(first)
			 : "r"(number), "r"(second), "r"(third) : "memory");
	return first;
}
#elif defined(__riscv)
static inline long call64(long nr, long a)
{
	register long number __asm__("a7") = nr;
	register long first __asm__("a0") = a;
	register long second __asm__("a1") = 0;
	register long third __asm__("a2") = 0;

	__asm__ volatile("ecall" : "+r"(first)
			 : "r"(number), "r"(second), "r"(third) : "memory");
	return first;
}
#endif

#if defined(__x86_64__) || defined(__i386__)
/* 64-bit programs can make 32-bit calls, too. */
static inline long call32(long nr, long a)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(0),
			 "d"(0) : "memory");
	return ret;
}
#elif defined(__arm__)
static inline long call32(long nr, long a)
{
	register long number __asm__("r7") = nr;
	register long first __asm__("r0") = a;

	__asm__ volatile("svc #0" : "+r"(first) : "r"(number) : "memory");
	return first;
}
#endif

enum {
#if defined(__aarch64__) || defined(__riscv)
	NR64_writev = 66,
	NR64_getpid = 172,
	NR64_exit_group = 94,
#else
	NR64_writev = 20,
	NR64_getpid = 39,
	NR64_exit_group = 231,
#endif
	NR32_getpid = 20,
#if defined(__arm__)
	NR32_exit_group = 248,
#else
	NR32_exit_group = 252,
#endif
	X32_BIT = 0x40000000,
};

__attribute__((noreturn)) void _start(void);

#endif
