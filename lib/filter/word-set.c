/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/word-set.h"

#include <linux/filter.h>

#include "base/memory.h"

static bool is_excluded(struct exclusions *x, const struct word_set *s,
			uint32_t v)
{
	for (size_t i = s->excluded; i; i = x->at[i - 1].older) {
		x->work++;
		if (x->at[i - 1].value == v)
			return true;
	}
	return false;
}

/* Finds the smallest value from `v` on that has the known bits. */
static bool match_from(const struct word_set *s, uint32_t v, uint32_t *found)
{
	uint32_t wrong = (v ^ s->bits) & s->known, bit, carry;

	*found = v;
	if (!wrong)
		return true;
	bit = 1U << (31 - __builtin_clz(wrong));
	if (s->bits & bit) {
		*found = (v & -bit & ~bit) | bit | (s->bits & (bit - 1));
		return true;
	}
	/*
	 * v has a bit that the set's values lack. The next of these has a
	 * higher bit, which is clear in v and not known.
	 */
	carry = ~v & ~s->known & ~(bit | (bit - 1));
	if (!carry)
		return false;
	bit = carry & -carry;
	*found = (v & ~(bit | (bit - 1))) | bit | (s->bits & (bit - 1));
	return true;
}

static bool first_from(struct exclusions *x, const struct word_set *s,
		       uint32_t v, uint32_t *found)
{
	if (v < s->low)
		v = s->low;
	while (match_from(s, v, &v) && v <= s->high) {
		x->work++;
		*found = v;
		if (!is_excluded(x, s, v))
			return true;
		if (v++ == UINT32_MAX)
			return false;
	}
	return false;
}

bool word_set_contains(struct exclusions *x, const struct word_set *s,
		       uint32_t v)
{
	return v >= s->low && v <= s->high && (v & s->known) == s->bits &&
		!is_excluded(x, s, v);
}

/*
 * Returns false if the set is empty. The functions below that narrow a set
 * return this value, too.
 */
static bool settle(struct exclusions *x, struct word_set *s)
{
	return first_from(x, s, s->low, &s->low);
}

static bool exclude(struct exclusions *x, struct word_set *s, uint32_t v)
{
	if (!word_set_contains(x, s, v))
		return true;
	if (v == s->low)
		return s->low++ != UINT32_MAX && settle(x, s);
	if (v == s->high) {
		s->high--;
		return true;
	}
	if (x->n == x->room) {
		x->room = x->room ? 2 * x->room : 64;
		x->at = xrealloc(x->at, x->room, sizeof(*x->at));
	}
	x->at[x->n++] = (struct exclusion){ v, s->excluded };
	s->excluded = x->n;
	return true;
}

static bool at_least(struct exclusions *x, struct word_set *s, uint32_t v)
{
	return first_from(x, s, v, &s->low);
}

static bool below(struct exclusions *x, struct word_set *s, uint32_t v)
{
	if (!v)
		return false;
	if (s->high > v - 1)
		s->high = v - 1;
	return settle(x, s);
}

static bool fix_bits(struct exclusions *x, struct word_set *s, uint32_t mask,
		     uint32_t bits)
{
	if ((s->bits ^ bits) & s->known & mask)
		return false;
	s->known |= mask;
	s->bits |= bits & mask;
	return settle(x, s);
}

/*
 * The values whose masked bits differ from `k` are divided into sets: in set
 * number `part`, the highest bit that differs is bit number `part`. The same
 * sets are used for the test whether any bit of `k` is set.
 */
static bool differ_at(struct exclusions *x, struct word_set *s, uint32_t mask,
		      uint32_t k, unsigned int part)
{
	uint32_t bit = part < 32 ? 1U << part : 0;

	return mask & bit && fix_bits(x, s, mask & -bit, k ^ bit);
}

static bool narrow_equal(struct exclusions *x, struct word_set *s,
			 const struct word_test *test, bool outcome,
			 unsigned int part)
{
	if (test->mask == UINT32_MAX && outcome)
		return !part && at_least(x, s, test->k) &&
			s->low == test->k && (s->high = s->low, true);
	if (test->mask == UINT32_MAX)
		return !part && exclude(x, s, test->k);
	if (test->k & ~test->mask)	/* they are never equal */
		return !part && !outcome;
	if (outcome)
		return !part && fix_bits(x, s, test->mask, test->k);
	return differ_at(x, s, test->mask, test->k, part);
}

/*
 * (v & mask) > k: in each set, the highest bit that differs is set in v and
 * clear in `k`. A bit of `k` outside the mask makes all lower bits irrelevant.
 * The set of the values that equal `k` is the last one, for the outcome false.
 */
static bool narrow_above(struct exclusions *x, struct word_set *s,
			 uint32_t mask, uint32_t k, bool outcome,
			 unsigned int part)
{
	uint32_t bit = part < 32 ? 1U << part : 0;

	if (k & ~mask)
		mask &= ~(UINT32_MAX >> __builtin_clz(k & ~mask));
	if (!bit)
		return !outcome && fix_bits(x, s, mask, k);
	return !(k & bit) == outcome && differ_at(x, s, mask, k, part);
}

static bool narrow_ordered(struct exclusions *x, struct word_set *s,
			   const struct word_test *test, bool outcome,
			   unsigned int part)
{
	bool is_ge = test->op == BPF_JGE;

	if (is_ge ? !test->k : test->k == UINT32_MAX)
		return !part && outcome == is_ge;
	if (test->mask != UINT32_MAX)
		return narrow_above(x, s, test->mask, test->k - is_ge, outcome,
				    part);
	return !part && (outcome ? at_least : below)(x, s, test->k + !is_ge);
}

bool word_set_narrow(struct exclusions *x, struct word_set *s,
		     const struct word_test *test, bool outcome,
		     unsigned int part)
{
	uint32_t set = test->mask & test->k;

	switch (test->op) {
	case BPF_JEQ:
		return narrow_equal(x, s, test, outcome, part);
	case BPF_JSET:
		return outcome ? differ_at(x, s, set, 0, part) :
			!part && fix_bits(x, s, set, 0);
	default:
		return narrow_ordered(x, s, test, outcome, part);
	}
}

uint64_t word_test_parts(const struct word_test *test, bool outcome)
{
	bool whole = test->mask == UINT32_MAX;

	switch (test->op) {
	case BPF_JEQ:
		return whole || outcome || test->k & ~test->mask ? 1 :
			test->mask;
	case BPF_JSET:
		return outcome ? test->mask & test->k : 1;
	default:
		return whole ? 1 : test->mask | 1ULL << 32 | 1;
	}
}

bool word_test_passes(const struct word_test *test, uint32_t v)
{
	v &= test->mask;
	switch (test->op) {
	case BPF_JEQ:	return v == test->k;
	case BPF_JSET:	return v & test->k;
	case BPF_JGT:	return v > test->k;
	default:	return v >= test->k;
	}
}

bool word_set_can(struct exclusions *x, const struct word_set *s,
		  const struct word_test *test, bool outcome)
{
	uint64_t parts = word_test_parts(test, outcome);
	size_t n = x->n;
	bool possible = false;

	for (; parts && !possible; parts &= parts - 1) {
		struct word_set set = *s;

		possible = word_set_narrow(x, &set, test, outcome,
					   __builtin_ctzll(parts));
	}
	x->n = n;
	x->work++;
	return possible;
}
