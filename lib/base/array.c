/* SPDX-License-Identifier: Apache-2.0 */
/* The part of memory.h that libsandprint also contains. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void *xgrow(void *array, size_t n, size_t size)
{
	/* The array is full if n is 0 or a power of two. */
	if (!(n & (n - 1)))
		array = xrealloc(array, n ? 2 * n : 1, size);
	memset((char *)array + n * size, 0, size);
	return array;
}

void array_sort(void *array, size_t n, size_t size,
		int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(array, n, size, compare);
}
