/* SPDX-License-Identifier: Apache-2.0 */
/* Counts that stay at UINT64_MAX where they would overflow. */
#ifndef COUNT_H
#define COUNT_H

#include <stdint.h>

static inline uint64_t count_add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

#endif
