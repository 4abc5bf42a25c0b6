/* SPDX-License-Identifier: Apache-2.0 */
#include "sandprint/pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "base/memory.h"

/* The header in front of each allocation. */
struct pool_block {
	struct pool_block *next, *before;
	size_t size;
	max_align_t data[];
};

static _Thread_local struct pool *current;

struct pool *pool_use(struct pool *pool)
{
	struct pool *last = current;

	current = pool;
	return last;
}

static __attribute__((noreturn)) void fail(void)
{
	longjmp(current->failed, 1);
}

static struct pool_block *block_of(void *p)
{
	return (struct pool_block *)((char *)p -
				     offsetof(struct pool_block, data));
}

static void link_block(struct pool_block *b)
{
	b->before = NULL;
	b->next = current->blocks;
	if (b->next)
		b->next->before = b;
	current->blocks = b;
	current->used += b->size;
}

static void unlink_block(struct pool_block *b)
{
	*(b->before ? &b->before->next : &current->blocks) = b->next;
	if (b->next)
		b->next->before = b->before;
	current->used -= b->size;
}

/* If there is no memory for the new block, the old one stays in the pool. */
void *pool_realloc(void *p, size_t size)
{
	struct pool_block *old = p ? block_of(p) : NULL, *b;
	size_t whole;

	if (__builtin_add_overflow(size, sizeof(*b), &whole) ||
	    (current->most && (current->used > current->most ||
			       whole > current->most - current->used)))
		fail();
	if (old)
		unlink_block(old);
	b = (realloc)(old, whole);
	if (!b) {
		if (old)
			link_block(old);
		fail();
	}
	b->size = whole;
	link_block(b);
	return b->data;
}

void *pool_malloc(size_t size)
{
	return pool_realloc(NULL, size);
}

void *pool_calloc(size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		fail();
	p = pool_malloc(bytes);
	memset(p, 0, bytes);
	return p;
}

char *pool_strdup(const char *s)
{
	return xmemdup(s, strlen(s) + 1);
}

void pool_free(void *p)
{
	if (!p)
		return;
	unlink_block(block_of(p));
	(free)(block_of(p));
}

/*
 * Replaces a zone in the pool's list. If `from` is NULL, adds one; if `to` is
 * NULL, removes one.
 */
static void replace_zone(const struct msgpack_zone *from,
			 struct msgpack_zone *to)
{
	for (size_t i = 0; i < POOL_ZONES; i++) {
		if (current->zones[i] != from)
			continue;
		current->zones[i] = to;
		return;
	}
}

msgpack_unpack_return pool_unpack_next(msgpack_unpacked *result,
				       const char *data, size_t size,
				       size_t *at)
{
	const struct msgpack_zone *last = result->zone;
	msgpack_unpack_return ret =
		(msgpack_unpack_next)(result, data, size, at);

	replace_zone(last, result->zone);
	if (ret == MSGPACK_UNPACK_NOMEM_ERROR)
		fail();
	return ret;
}

void pool_unpacked_destroy(msgpack_unpacked *result)
{
	if (result->zone)
		replace_zone(result->zone, NULL);
	(msgpack_unpacked_destroy)(result);
}

void pool_clear(struct pool *pool)
{
	struct pool_block *b = pool->blocks, *next;

	for (size_t i = 0; i < POOL_ZONES; i++) {
		if (pool->zones[i])
			msgpack_zone_free(pool->zones[i]);
		pool->zones[i] = NULL;
	}
	for (; b; b = next) {
		next = b->next;
		(free)(b);
	}
	pool->blocks = NULL;
	pool->used = 0;
}

/* The library's version of base/memory.h. */

void *xcalloc(size_t n, size_t size)
{
	return pool_calloc(n ? n : 1, size ? size : 1);
}

void *xrealloc(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		fail();
	return pool_realloc(p, bytes ? bytes : 1);
}

char *xstrdup(const char *s)
{
	return pool_strdup(s);
}

void *xmemdup(const void *p, size_t n)
{
	void *copy = pool_malloc(n ? n : 1);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		fail();
	s = pool_malloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
