/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on the arguments of a call in disjunctive form: any of several
 * groups, in each of which all of its comparisons hold. libseccomp takes a
 * group as a rule, with one comparison for each argument; so that is what
 * these come down to, whatever they are made from.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "profile/profile.h"

struct condition_group {
	struct profile_arg args[6];	/* by index */
	unsigned int used;		/* 1U << index; none: always true */
};

struct condition {
	struct condition_group *groups;	/* none: never true */
	size_t n;
	bool overflow;		/* there would have been too many */
	size_t work;		/* pairs of groups looked at */
};

struct condition condition_always(void);
void condition_free(struct condition *c);

/* Whether more than one argument is compared. */
bool condition_is_mixed(const struct condition *c);
/* Whether it is made of equality and of masks alone. */
bool condition_is_plain(const struct condition *c);

/* Each takes its operands and leaves them empty. */
struct condition condition_or(struct condition *a, struct condition *b);
struct condition condition_and(struct condition *a, struct condition *b);
struct condition condition_not(struct condition *a);

/* One comparison. */
struct condition condition_of(const struct profile_arg *arg);
/* Of an argument: some bit of `bits` is set. */
struct condition condition_any_bit(uint32_t index, uint64_t bits);

#endif
