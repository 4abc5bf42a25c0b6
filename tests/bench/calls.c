/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls WHAT N [THREADS]: prints the nanoseconds that one took, in the median of
 * nine parts (of the threads, the mean); WHAT is getppid, read (of one byte),
 * open (and close) or exec (of true, and its end).
 */
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int zero;

static void do_getppid(void)
{
	syscall(SYS_getppid);
}

static void do_read(void)
{
	char byte;

	if (read(zero, &byte, 1) != 1)
		exit(1);
}

static void do_open(void)
{
	close(open("/dev/null", O_RDONLY));
}

static void do_exec(void)
{
	char *argv[] = { "true", NULL };
	pid_t pid;

	if (posix_spawnp(&pid, "true", NULL, NULL, argv, environ))
		exit(1);
	waitpid(pid, NULL, 0);
}

static const struct {
	const char *name;
	void (*function)(void);
} whats[] = {
	{ "getppid", do_getppid }, { "read", do_read }, { "open", do_open },
	{ "exec", do_exec },
};

static void (*one)(void);
static long n;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

enum { PARTS = 9 };

static void *work(void *result)
{
	double parts[PARTS], start;
	long each = n / PARTS ? n / PARTS : 1;

	for (int part = 0; part < PARTS; part++) {
		start = now_ns();
		for (long i = 0; i < each; i++)
			one();
		parts[part] = (now_ns() - start) / each;
	}
	qsort(parts, PARTS, sizeof(*parts), compare);
	*(double *)result = parts[PARTS / 2];
	return NULL;
}

int main(int argc, char **argv)
{
	enum { THREADS_MAX = 4096 };
	int n_threads = argc > 3 ? atoi(argv[3]) : 1;
	static pthread_t threads[THREADS_MAX];
	static double results[THREADS_MAX];
	double sum = 0;

	for (size_t i = 0; argc > 2 && i < sizeof(whats) / sizeof(*whats); i++)
		if (!strcmp(argv[1], whats[i].name))
			one = whats[i].function;
	if (!one || n_threads < 1 || n_threads > THREADS_MAX)
		return 2;
	n = atol(argv[2]);
	zero = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < n_threads; i++)
		if (pthread_create(&threads[i], NULL, work, &results[i]))
			return 1;
	for (int i = 0; i < n_threads; i++) {
		pthread_join(threads[i], NULL);
		sum += results[i];
	}
	printf("%.1f\n", sum / n_threads);
	return 0;
}
