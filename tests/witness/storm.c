/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: storm WORKERS — starts and ends many processes and threads, for a
 * recorder that attaches meanwhile. Writes its pid to the file "pid". After
 * SIGUSR1, every task calls getsid, and counts its calls in shared memory.
 * SIGUSR2 ends the program. Orphans become children of the first process.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "witness.h"

static struct shared {
	volatile int counting, over;
	long count;
} *shared;

static void mark(void)
{
	if (!shared->counting)
		return;
	MARK(getsid);
	__atomic_fetch_add(&shared->count, 1, __ATOMIC_RELAXED);
}

static void *thread(void *arg)
{
	mark();
	return arg;
}

static void grandchild(void)
{
	if (fork() == 0) {
		mark();
		_exit(0);
	}
}

static void child(int round)
{
	pthread_t t;

	mark();
	if (round % 3 == 0) {
		if (pthread_create(&t, NULL, thread, NULL))
			err(1, "pthread_create");
		mark();
		pthread_join(t, NULL);
	}
	if (round % 2 == 0)
		grandchild();
	mark();
	_exit(0);
}

static void work(void)
{
	for (int round = 0; !shared->over; round++) {
		pid_t pid = fork();

		if (!pid)
			child(round);
		mark();
		waitpid(pid, NULL, 0);
	}
	_exit(0);
}

static void on_signal(int signal)
{
	if (signal == SIGUSR1)
		shared->counting = 1;
	else
		shared->over = 1;
}

int main(int argc, char **argv)
{
	int workers = argc > 1 ? atoi(argv[1]) : 4;
	FILE *file;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(1, "setup");
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	for (int i = 0; i < workers; i++)
		if (fork() == 0)
			work();
	file = fopen("pid.new", "w");
	if (!file)
		err(1, "pid.new");
	fprintf(file, "%d\n", getpid());
	fclose(file);
	rename("pid.new", "pid");
	while (wait(NULL) > 0 || !shared->over)
		;
	TRUTH(getsid, shared->count);
	return 0;
}
