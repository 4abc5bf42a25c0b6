/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: calls WHAT N [THREADS] — makes N calls in parts. WHAT is getppid, read
 * (of one byte), open (and close) or exec (of true, until it exits).
 *
 * Prints a line for each part with three times in ns: of one call, of plain
 * arithmetic, and of a load from the core's second-level cache. The last two
 * are measured just before and after the part, and show whether the core was
 * disturbed: a program on the core's other thread shares its arithmetic units
 * and its caches.
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

enum { PARTS = 200 };

struct part { double call, pass, load; };

/* This needs only arithmetic units: no instruction here waits for memory. */
static double pass_ns(void)
{
	enum { PASSES = 10000 };
	double start = now_ns();
	unsigned long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;

	for (int i = 0; i < PASSES; i++) {
		a += i, b ^= i, c -= i, d += i, e ^= i, f -= i;
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d),
				      "+r"(e), "+r"(f));
	}
	return (now_ns() - start) / PASSES;
}

/*
 * The lines fill 192 KiB. Each one points to the next in a random order, which
 * no CPU can predict.
 */
enum { LINES = 3072, LINE = 64 };
static struct line { struct line *next; char rest[LINE - sizeof(void *)]; }
	lines[LINES];

static void link_lines(void)
{
	int order[LINES], swap, j;

	for (int i = 0; i < LINES; i++)
		order[i] = i;
	for (int i = LINES - 1; i > 0; i--) {
		j = rand() % (i + 1);
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	for (int i = 0; i < LINES; i++)
		lines[order[i]].next = &lines[order[(i + 1) % LINES]];
}

static const struct line *follow(const struct line *line)
{
	for (int i = 0; i < LINES; i++) {
		line = line->next;
		__asm__ volatile("" : "+r"(line));
	}
	return line;
}

/*
 * Follows the pointers twice, and times the second pass. The first pass brings
 * back the lines that other code has displaced from the cache.
 */
static double load_ns(void)
{
	const struct line *line = follow(lines);
	double start = now_ns();

	follow(line);
	return (now_ns() - start) / LINES;
}

static void *work(void *result)
{
	struct part *parts = result;
	long each = n / PARTS ? n / PARTS : 1;
	double start;

	for (int i = 0; i < PARTS && i < n; i++) {
		parts[i].load = load_ns();
		parts[i].pass = pass_ns();
		start = now_ns();
		for (long j = 0; j < each; j++)
			one();
		parts[i].call = (now_ns() - start) / each;
		parts[i].pass = (parts[i].pass + pass_ns()) / 2;
		parts[i].load = (parts[i].load + load_ns()) / 2;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	enum { THREADS_MAX = 4096 };
	int n_threads = argc > 3 ? atoi(argv[3]) : 1;
	static pthread_t threads[THREADS_MAX];
	static struct part results[THREADS_MAX][PARTS];

	for (size_t i = 0; argc > 2 && i < sizeof(whats) / sizeof(*whats); i++)
		if (!strcmp(argv[1], whats[i].name))
			one = whats[i].function;
	if (!one || n_threads < 1 || n_threads > THREADS_MAX)
		return 2;
	n = atol(argv[2]);
	link_lines();
	zero = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < n_threads; i++)
		if (pthread_create(&threads[i], NULL, work, results[i]))
			return 1;
	for (int i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < n_threads; i++)
		for (int j = 0; j < PARTS && results[i][j].call; j++)
			printf("%.1f %.4f %.4f\n", results[i][j].call,
			       results[i][j].pass, results[i][j].load);
	return 0;
}
