/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A witness makes calls that no other part of it makes, and prints their counts
 * as lines "ARCH NAME COUNT". `calls` in helper.bash prints a recording in the
 * same form. A witness that cannot run exits with 77, and its row fails. If it
 * needs a feature of the machine, the row of the table must name the feature.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CANNOT = 77 };

#if defined(__i386__)
#define ARCH "x86"
#elif defined(__arm__)
#define ARCH "arm"
#elif defined(__aarch64__)
#define ARCH "aarch64"
#elif defined(__riscv)
#define ARCH "riscv64"
#else
#define ARCH "x86_64"
#endif

/* The 64-bit architecture of the machine. */
#if defined(__arm__) || defined(__aarch64__)
#define ARCH_64 "aarch64"
#elif defined(__riscv)
#define ARCH_64 "riscv64"
#else
#define ARCH_64 "x86_64"
#endif

/*
 * Prints the true count of a call. Flushes the output, so that no child prints
 * it again.
 */
#define TRUTH(name, count) truth(ARCH, #name, count, "")

/* Each of the `flags` begins with a space. */
static inline void truth(const char *arch, const char *name, long count,
			 const char *flags)
{
	printf("%s %s %ld%s\n", arch, name, count, flags);
	fflush(stdout);
}

/*
 * Waits until the task sleeps in a call. The length of the wait only changes
 * counts.
 */
static inline void await_sleep(pid_t tid)
{
	char path[32], line[256], *state = NULL;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	do {
		FILE *file;

		usleep(1000);
		file = fopen(path, "r");
		if (!file || !fgets(line, sizeof(line), file))
			err(1, "%s", path);
		fclose(file);
		state = strrchr(line, ')');
	} while (!state || state[2] != 'S');
}

/* Makes a harmless call that libc itself does not make. */
#define MARK(name) ((void)syscall(SYS_##name, 0, 0))

#endif
