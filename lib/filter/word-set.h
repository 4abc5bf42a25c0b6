/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of 32-bit values, narrowed by the tests of a classic BPF program. */
#ifndef WORD_SET_H
#define WORD_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The values from `low` (which is in the set) to `high` that have the known
 * bits, without the excluded values. A copy is a set of its own.
 */
struct word_set {
	uint32_t low, high;
	uint32_t known, bits;	/* v & known == bits for each value v */
	/* 1 + index of the last excluded value; 0: none */
	size_t excluded;
};

struct exclusion {
	uint32_t value;
	size_t older;		/* as in struct word_set */
};

/*
 * The excluded values of all sets. When the caller drops the sets that were
 * made since, it sets `n` back to its former value. It also frees `at`.
 */
struct exclusions {
	struct exclusion *at;
	size_t n, room;
	size_t work;		/* tests, and elements that were looked at */
};

/* A test compares (word & mask) with k by a BPF_J*. */
struct word_test {
	unsigned int word;	/* the index of a word of the input */
	uint32_t mask;
	uint16_t op;
	uint32_t k;
};

/* Whether the value passes the test. */
bool word_test_passes(const struct word_test *test, uint32_t v);

/*
 * Returns a bit for each part that word_set_narrow() can make. Some parts can
 * be empty.
 */
uint64_t word_test_parts(const struct word_test *test, bool outcome);

bool word_set_contains(struct exclusions *x, const struct word_set *s,
		       uint32_t v);

/*
 * Narrows the set to its part number `part` in which the test has this outcome.
 * Returns false if that is empty.
 */
bool word_set_narrow(struct exclusions *x, struct word_set *s,
		     const struct word_test *test, bool outcome,
		     unsigned int part);

/* Whether the test has this outcome for any value of the set. */
bool word_set_can(struct exclusions *x, const struct word_set *s,
		  const struct word_test *test, bool outcome);

#endif
