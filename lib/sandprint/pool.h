/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of libsandprint, in place of base/memory.h's. The tools end when
 * memory runs out; a library must not end its program. What is allocated while
 * a stream is read belongs to the stream's pool. When memory runs out, or the
 * pool is at its limit, reading is left by longjmp(3), and the pool is freed as
 * a whole.
 *
 * The compiler includes this file first in all sources of the library, so that
 * they and the inline functions of msgpack-c use these functions.
 */
#ifndef POOL_H
#define POOL_H

#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Of the reader, and of run_join(), which unpacks a run while the reader reads. */
enum { POOL_ZONES = 2 };

struct pool {
	struct pool_block *blocks;
	size_t used, most;	/* bytes; `most` 0: no limit */
	struct msgpack_zone *zones[POOL_ZONES];	/* msgpack-c's; NULL: free */
	jmp_buf failed;
};

/* The pool that this thread allocates from; NULL: none. Returns the last one. */
struct pool *pool_use(struct pool *pool);
void pool_clear(struct pool *pool);

void *pool_malloc(size_t size);
void *pool_calloc(size_t n, size_t size);
void *pool_realloc(void *p, size_t size);
char *pool_strdup(const char *s);
void pool_free(void *p);

/* (free)(p) is the libc's. */
#define malloc(size) pool_malloc(size)
#define calloc(n, size) pool_calloc(n, size)
#define realloc(p, size) pool_realloc(p, size)
#undef strdup
#define strdup(s) pool_strdup(s)
#define free(p) pool_free(p)

#include <msgpack.h>

/* These two keep a list of the zones that pool_clear() has to free. */
msgpack_unpack_return pool_unpack_next(msgpack_unpacked *result,
				       const char *data, size_t size,
				       size_t *at);
#define msgpack_unpack_next(result, data, size, at) \
	pool_unpack_next(result, data, size, at)
void pool_unpacked_destroy(msgpack_unpacked *result);
#define msgpack_unpacked_destroy(result) pool_unpacked_destroy(result)

#endif
