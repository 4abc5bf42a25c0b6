/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An allocator that fails, for LD_PRELOAD. The allocation number FAIL_AT of a
 * process fails (counted from 1); with FAIL_ON, all later allocations fail,
 * too. When the process ends, the allocator appends the number of its
 * allocations to the file FAIL_COUNT. It does not affect programs that the
 * process executes.
 *
 * The tools define malloc(3), calloc(3) and realloc(3), which call
 * __libc_malloc() and so on. strdup(3), asprintf(3) and the libraries call the
 * functions of the tools. So all allocations reach the functions in this file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long n, at;
static bool on, ready;
/*
 * The file is opened at the start, because a tool in its sandbox cannot open
 * it.
 */
static int count = -1;

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAIL_AT");

	at = text ? strtoul(text, NULL, 10) : 0;
	on = getenv("FAIL_ON");
	text = getenv("FAIL_COUNT");
	if (text)
		count = open(text, O_WRONLY | O_APPEND | O_CLOEXEC);
	unsetenv("LD_PRELOAD");
	ready = true;
}

__attribute__((destructor)) static void end(void)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%lu\n", n);

	if (count < 0 || write(count, line, length) != length)
		return;
	close(count);
}

static bool fails(void)
{
	if (!ready)
		return false;
	n++;
	if (!at || (on ? n < at : n != at))
		return false;
	errno = ENOMEM;
	return true;
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

void *__libc_malloc(size_t size)
{
	static void *(*real)(size_t);

	if (!real)
		real = next("__libc_malloc");
	return fails() ? NULL : real(size);
}

void *__libc_calloc(size_t number, size_t size)
{
	static void *(*real)(size_t, size_t);

	if (!real)
		real = next("__libc_calloc");
	return fails() ? NULL : real(number, size);
}

void *__libc_realloc(void *p, size_t size)
{
	static void *(*real)(void *, size_t);

	if (!real)
		real = next("__libc_realloc");
	return size && fails() ? NULL : real(p, size);
}
