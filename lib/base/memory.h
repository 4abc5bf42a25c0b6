/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that succeeds or ends the tool with a message. This holds for the
 * functions below, and for malloc(3) itself when a library calls it.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

__attribute__((malloc, returns_nonnull)) void *xcalloc(size_t n, size_t size);
__attribute__((returns_nonnull)) void *xrealloc(void *p, size_t n, size_t size);
__attribute__((malloc, returns_nonnull)) char *xstrdup(const char *s);
__attribute__((malloc, returns_nonnull)) void *xmemdup(const void *p, size_t n);
__attribute__((malloc, returns_nonnull, format(printf, 1, 2)))
char *xasprintf(const char *fmt, ...);

/*
 * Makes malloc(3), calloc(3) and realloc(3) return NULL in this thread when
 * memory runs out, as in other programs. This is for a child process with a
 * memory limit of its own.
 */
void memory_can_fail(void);

/*
 * Makes room for one more element at the end of a growing array. `*n` elements
 * are in use; the capacity is the next power of two. The new element is zeroed,
 * and `*n` is not changed.
 */
__attribute__((returns_nonnull))
void *xgrow(void *array, size_t n, size_t size);

/* qsort(3), which also accepts NULL for an array of no elements. */
void array_sort(void *array, size_t n, size_t size,
		int (*compare)(const void *, const void *));

#endif
