/* SPDX-License-Identifier: Apache-2.0 */
/* A 32-bit program with a thread, which executes a 64-bit program. */
#include <pthread.h>

#include "witness.h"

static void *worker(void *arg)
{
	MARK(getsid);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 2)
		errx(2, "usage: program-32 COMMAND");
	TRUTH(getpgid, 2);
	TRUTH(getsid, 1);
	TRUTH(execve, 1);
	truth(ARCH_64, "execve", 1, "");
	MARK(getpgid);
	MARK(getpgid);
	if (pthread_create(&thread, NULL, worker, NULL))
		errx(1, "pthread_create");
	pthread_join(thread, NULL);
	execl(argv[1], argv[1], NULL);
	err(1, "%s", argv[1]);
}
