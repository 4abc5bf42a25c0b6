/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls getpgid(0), with an instruction in this function. */
__attribute__((noinline)) int marked_function(void)
{
	long result = SYS_getpgid;

	__asm__ volatile("syscall" : "+a"(result) : "D"(0L)
			 : "rcx", "r11", "memory");
	return result;
}

static void *thread(void *arg)
{
	printf("thread %d %ld\n", getpid(), syscall(SYS_gettid));
	marked_function();
	return arg;
}

/* Makes the same call from anonymous memory. */
static void generated(void)
{
	static const unsigned char code[] = {
		0xb8, SYS_getpgid, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05,
		0xc3,
	};
	void *at = mmap(NULL, sizeof(code), PROT_READ | PROT_WRITE |
			PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy(at, code, sizeof(code));
	((void (*)(void))at)();
}

static void child(char *self)
{
	pid_t pid = fork();

	if (!pid)
		execl(self, self, "leaf", NULL);
	printf("child %d\n", pid);
	waitpid(pid, NULL, 0);
}

#define LONG(name) name##_and_a_long_name_that_takes_much_memory_in_a_stack\
_and_a_long_name_that_takes_much_memory_in_a_stack\
_and_a_long_name_that_takes_much_memory_in_a_stack\
_and_a_long_name_that_takes_much_memory_in_a_stack

/* Makes the call in the innermost of `depth` nested functions. */
static __attribute__((noinline)) long LONG(deep)(int depth, int nr)
{
	volatile long result = depth ? LONG(deep)(depth - 1, nr) : syscall(nr);

	return result;
}

/*
 * Makes `n` different calls that no kernel has, with 50 different stacks each.
 */
static void stacks(int n)
{
	for (int i = 0; i < n; i++)
		for (int depth = 0; depth < 50; depth++)
			LONG(deep)(depth, 100000 + i);
}

static void crowd(int n)
{
	while (n--)
		if (!fork()) {
			marked_function();
			_exit(0);
		} else {
			wait(NULL);
		}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "leaf";
	int n = argc > 2 ? atoi(argv[2]) : 1;
	pthread_t t;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (!strcmp(what, "leaf"))
		marked_function();
	while (!strcmp(what, "often") && n--)
		marked_function();
	if (!strcmp(what, "crowd"))
		crowd(n);
	if (!strcmp(what, "stacks"))
		stacks(n);
	if (!strcmp(what, "generated"))
		generated();
	if (!strcmp(what, "unlink")) {
		unlink(argv[0]);
		marked_function();
	}
	if (!strcmp(what, "child"))
		child(argv[2]);
	if (!strcmp(what, "daemon") && !fork()) {
		setsid();
		if (fork())
			_exit(0);
		usleep(200000);
		printf("daemon %d\n", getpid());
		marked_function();
	}
	if (!strcmp(what, "thread")) {
		pthread_create(&t, NULL, thread, NULL);
		pthread_join(t, NULL);
	}
	if (!strcmp(what, "arguments")) {
		syscall(SYS_socket, AF_INET6, SOCK_STREAM, 6);
		syscall(SYS_socket, AF_INET6, SOCK_STREAM, 6);
		syscall(SYS_prctl, PR_SET_NAME, "x", 7, 8, 9);
		syscall(SYS_kill, getpid(), 0);
		syscall(SYS_kill, getpid(), SIGCONT);
		syscall(SYS_close, 77);
		syscall(SYS_close, 78);
		syscall(SYS_fchmod, 77, 0644);
	}
	while (!strcmp(what, "families") && n--)
		close(socket(n, 0, 0));
	return 0;
}
