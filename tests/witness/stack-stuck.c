/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: stack-stuck FILE — calls getsid while the stack pointer is in a
 * mapping of FILE. Exits with 77 on another architecture.
 */
#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	char *stack = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
			   0);

	if (stack == MAP_FAILED)
		err(2, "usage: stack-stuck FILE");
#if defined(__x86_64__)
	long answer = SYS_getsid;

	__asm__ volatile("mov %%rsp, %%rbx\n\t"
			 "mov %1, %%rsp\n\t"
			 "syscall\n\t"
			 "mov %%rbx, %%rsp"
			 : "+a" (answer)
			 : "r" (stack + 2048), "D" (0L)
			 : "rbx", "rcx", "r11", "memory");
	return answer < 0;
#else
	return 77;
#endif
}
