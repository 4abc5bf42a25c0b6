/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that is not the leader executes a program. It continues with the
 * leader's tid, and then starts children.
 */
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>

#include "witness.h"

enum { MARKS = 3 };

static void *execute(void *path)
{
	MARK(sched_get_priority_max);
	execl("/proc/self/exe", path, "again", NULL);
	err(1, "execl");
}

static void after(void)
{
	for (int i = 0; i < MARKS; i++)
		MARK(getpgid);
	if (fork() == 0) {
		MARK(getsid);
		_exit(0);
	}
	wait(NULL);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1) {
		after();
		return 0;
	}
	TRUTH(execve, 2);
	TRUTH(sched_get_priority_max, 1);
	TRUTH(getpgid, MARKS);
	TRUTH(getsid, 1);
	if (pthread_create(&thread, NULL, execute, argv[0]))
		errx(1, "pthread_create");
	pause();
}
