/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"

static void *check(void *p)
{
	if (!p)
		message_fatal("out of memory");
	return p;
}

/*
 * Replaces malloc(3) for the libraries, too. When memory runs out, jansson
 * omits a member, msgpack-c omits a part of a record, and libseccomp 2.5 omits
 * a rule, all without an error. So a failed allocation must end the tool,
 * wherever it happens. Sanitizers have an allocator of their own.
 */
#if (defined(__GLIBC__) || defined(STATIC_BUILD)) && \
	!defined(__SANITIZE_ADDRESS__)

/*
 * In a static program, ld --wrap renames the libc's malloc(3) to __real_malloc.
 */
#ifdef STATIC_BUILD
#define LIBC(name) __real_##name
#define OURS(name) __wrap_##name
#else
#define LIBC(name) __libc_##name
#define OURS(name) name
#endif

static _Thread_local bool can_fail;

void memory_can_fail(void)
{
	can_fail = true;
}

/*
 * Printing the message may itself allocate memory, and works even if that
 * allocation fails.
 */
static void *check_for_library(void *p)
{
	if (!p && !can_fail) {
		can_fail = true;
		check(p);
	}
	return p;
}

extern void *LIBC(malloc)(size_t size);
extern void *LIBC(calloc)(size_t n, size_t size);
extern void *LIBC(realloc)(void *p, size_t size);
void *OURS(malloc)(size_t size);
void *OURS(calloc)(size_t n, size_t size);
void *OURS(realloc)(void *p, size_t size);

void *OURS(malloc)(size_t size)
{
	return check_for_library(LIBC(malloc)(size));
}

void *OURS(calloc)(size_t n, size_t size)
{
	return check_for_library(LIBC(calloc)(n, size));
}

/* realloc(3) with size 0 frees and returns NULL. */
void *OURS(realloc)(void *p, size_t size)
{
	void *q = LIBC(realloc)(p, size);

	return size ? check_for_library(q) : q;
}

#else

void memory_can_fail(void)
{
}

#endif

void *xcalloc(size_t n, size_t size)
{
	return check(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return check(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return check(strdup(s));
}

void *xmemdup(const void *p, size_t n)
{
	void *copy = xcalloc(n, 1);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return check(s);
}
