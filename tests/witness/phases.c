/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: phases [EXEC-ARGV…] — threads make calls before and after a mark,
 * which a thread sets by taking the name "ready". After the mark, the program
 * calls socket(2); at the end, it executes the given command. Prints lines
 * "PHASE NAME COUNT". One thread begins to open a FIFO before the mark, and
 * this call ends after the mark.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "witness.h"

enum { THREADS = 4, BEFORE = 1000, AFTER = 3000 };

static atomic_int done, go;
static volatile pid_t reader_tid;

static void *worker(void *arg)
{
	(void)arg;
	for (int i = 0; i < BEFORE; i++)
		MARK(getpgid);
	done++;
	while (!go)
		;		/* this makes no call */
	for (int i = 0; i < AFTER; i++)
		MARK(getpgid);
	return NULL;
}

static void *reader(void *arg)
{
	int fd;

	(void)arg;
	reader_tid = syscall(SYS_gettid);
	done++;
	fd = open("fifo", O_RDONLY);
	return close(fd) ? arg : NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS + 1];

	printf("start getpgid %d\nready getpgid %d\n", THREADS * BEFORE,
	       THREADS * AFTER);
	fflush(stdout);
	if (mkfifo("fifo", 0600))
		err(1, "fifo");
	for (int i = 0; i <= THREADS; i++)
		if (pthread_create(&threads[i], NULL, i ? worker : reader,
				   NULL))
			errx(1, "pthread_create");
	while (done <= THREADS)
		usleep(1000);
	await_sleep(reader_tid);
	open("/etc/passwd", O_RDONLY);
	prctl(PR_SET_NAME, "ready");
	go = 1;
	open("/etc/group", O_RDONLY);
	open("fifo", O_WRONLY);
	for (int i = 0; i <= THREADS; i++)
		pthread_join(threads[i], NULL);
	socket(AF_UNIX, SOCK_STREAM, 0);
	MARK(getsid);
	if (argc > 1)
		execv(argv[1], argv + 1);
	return argc > 1;
}
