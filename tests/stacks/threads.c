/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts threads, one after the other. Each thread makes calls from different
 * functions.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int last;

static __attribute__((noinline)) void *open_file(void *path)
{
	last = open(path, O_RDONLY);
	close(last);
	return NULL;
}

static __attribute__((noinline)) void *make_pipe(void *unused)
{
	int fds[2];

	(void)unused;
	last = pipe(fds);
	close(fds[0]);
	close(fds[1]);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, open_file, "/etc/hostname");
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, make_pipe, NULL);
	pthread_join(thread, NULL);
	return 0;
}
