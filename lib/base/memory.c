/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdarg.h>
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

void *xgrow(void *array, size_t n, size_t size)
{
	if (!(n & (n - 1)))	/* 0 or a power of two: full */
		array = xrealloc(array, n ? 2 * n : 1, size);
	memset((char *)array + n * size, 0, size);
	return array;
}
