/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of libsandprint, which replaces base/memory.h. The tools end when
 * memory runs out, but a library must not end its program. All memory that is
 * allocated while a stream is read belongs to the stream's pool. When memory
 * runs out, or the pool reaches its limit, the reader ends with longjmp(3), and
 * the whole pool is freed.
 *
 * The compiler includes this file first in every source of the library, so that
 * these sources, and the inline functions of msgpack-c, use these functions.
 */
#ifndef POOL_H
#define POOL_H

#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * One for the reader, and one for run_join(), which unpacks a run in the
 * meantime.
 */
enum { POOL_ZONES = 2 };

struct pool {
	struct pool_block *blocks;
	size_t used, most;	/* in bytes; `most` is the limit, 0: none */
	/* zones of msgpack-c; NULL: the slot is free */
	struct msgpack_zone *zones[POOL_ZONES];
	jmp_buf failed;
};

/*
 * Makes this thread allocate from the pool; NULL: from none. Returns the pool
 * that it used before.
 */
struct pool *pool_use(struct pool *pool);
void pool_clear(struct pool *pool);

void *pool_malloc(size_t size);
void *pool_calloc(size_t n, size_t size);
void *pool_realloc(void *p, size_t size);
char *pool_strdup(const char *s);
void pool_free(void *p);

/* With parentheses, (free)(p) calls the libc's function. */
#define malloc(size) pool_malloc(size)
#define calloc(n, size) pool_calloc(n, size)
#define realloc(p, size) pool_realloc(p, size)
#undef strdup
#define strdup(s) pool_strdup(s)
#define free(p) pool_free(p)

#include <msgpack.h>

/* These two record the zones, so that pool_clear() can free them. */
msgpack_unpack_return pool_unpack_next(msgpack_unpacked *result,
				       const char *data, size_t size,
				       size_t *at);
#define msgpack_unpack_next(result, data, size, at) \
	pool_unpack_next(result, data, size, at)
void pool_unpacked_destroy(msgpack_unpacked *result);
#define msgpack_unpacked_destroy(result) pool_unpacked_destroy(result)

#endif
