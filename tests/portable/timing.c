/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: timing NAME — some names do the same with different timing: `early` and
 * `late`, `unfinished` and `finished`
 */
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long thread_ms;	/* how long the thread sleeps */
static volatile long sum;

static void wait_ms(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void *work(void *arg)
{
	wait_ms(thread_ms);
	return arg;
}

/* Whether the thread has ended decides whether pthread_join() waits. */
static void join(long main_ms)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, NULL);
	wait_ms(main_ms);
	pthread_join(thread, NULL);
}

/* The end of the process can come before that of the thread. */
static void leave(long main_ms)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, NULL);
	pthread_detach(thread);
	wait_ms(main_ms);
}

static void *count(void *arg)
{
	for (int i = 0; i < 300; i++) {
		pthread_mutex_lock(&lock);
		for (int k = 0; k < 50; k++)
			sum++;
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

static void contend(long unused)
{
	pthread_t threads[3];

	(void)unused;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, count, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

static void start_processes(long unused)
{
	extern char **environ;
	char *argv[] = { "true", NULL };
	pid_t pid;

	(void)unused;
	if (!fork())
		_exit(0);
	if (!vfork())
		_exit(0);
	posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ);
	while (wait(NULL) > 0)
		;
}

static const struct {
	const char *name;
	long thread_ms;
	void (*run)(long main_ms);
	long main_ms;
} rows[] = {
	{ "early", 0, join, 60 },
	{ "late", 60, join, 0 },
	{ "finished", 0, leave, 60 },
	{ "unfinished", 300, leave, 0 },
	{ "attached", 60000, join, 0 },
	{ "contend", 0, contend, 0 },
	{ "processes", 0, start_processes, 0 },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (argc > 1 && !strcmp(argv[1], rows[i].name)) {
			thread_ms = rows[i].thread_ms;
			rows[i].run(rows[i].main_ms);
			return 0;
		}
	return 1;
}
