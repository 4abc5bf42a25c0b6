/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/condition.h"

#include <seccomp.h>
#include <stdlib.h>

#include "base/memory.h"

/*
 * Beyond what policies say. What is made up can grow without end, and
 * libseccomp is slow where rules overlap.
 */
enum { GROUPS_MAX = 128, WORK_MAX = 1 << 16 };

static void add_group(struct condition *c, const struct condition_group *group)
{
	if (c->n == GROUPS_MAX) {
		c->overflow = true;
		return;
	}
	c->groups = xgrow(c->groups, c->n, sizeof(*c->groups));
	c->groups[c->n++] = *group;
}

struct condition condition_always(void)
{
	const struct condition_group group = { .used = 0 };
	struct condition c = { 0 };

	add_group(&c, &group);
	return c;
}

void condition_free(struct condition *c)
{
	free(c->groups);
	*c = (struct condition){ 0 };
}

bool condition_is_mixed(const struct condition *c)
{
	unsigned int used = 0;

	for (size_t i = 0; i < c->n; i++)
		used |= c->groups[i].used;
	return used & (used - 1);
}

static bool group_is_plain(const struct condition_group *group)
{
	for (uint32_t i = 0; i < 6; i++)
		if (group->used & 1U << i &&
		    group->args[i].op != SCMP_CMP_EQ &&
		    group->args[i].op != SCMP_CMP_MASKED_EQ)
			return false;
	return true;
}

bool condition_is_plain(const struct condition *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!group_is_plain(&c->groups[i]))
			return false;
	return true;
}

struct condition condition_of(const struct profile_arg *arg)
{
	struct condition_group group = { .used = 1U << arg->index };
	struct condition c = { 0 };

	group.args[arg->index] = *arg;
	add_group(&c, &group);
	return c;
}

struct condition condition_any_bit(uint32_t index, uint64_t bits)
{
	struct condition c = { 0 };

	for (uint64_t bit = 1; bit; bit <<= 1) {
		struct profile_arg arg = {
			index, SCMP_CMP_MASKED_EQ, bit, bit
		};
		struct condition one = condition_of(&arg);

		if (bits & bit)
			c = condition_or(&c, &one);
		condition_free(&one);
	}
	return c;
}

struct condition condition_or(struct condition *a, struct condition *b)
{
	struct condition c = *a;

	for (size_t i = 0; i < b->n; i++)
		add_group(&c, &b->groups[i]);
	c.overflow = c.overflow || b->overflow;
	c.work += b->work;
	*a = (struct condition){ 0 };
	condition_free(b);
	return c;
}

/* Comparisons of one argument, any of which is to hold. */
struct either {
	struct profile_arg args[192];	/* 64 bits on each side, and equality */
	size_t n;
};

static bool holds(const struct profile_arg *arg, uint64_t value)
{
	switch (arg->op) {
	case SCMP_CMP_NE: return value != arg->value;
	case SCMP_CMP_LT: return value < arg->value;
	case SCMP_CMP_LE: return value <= arg->value;
	case SCMP_CMP_EQ: return value == arg->value;
	case SCMP_CMP_GE: return value >= arg->value;
	case SCMP_CMP_GT: return value > arg->value;
	default:
		return (value & arg->value) == (arg->value_two & arg->value);
	}
}

static void add_masked(struct either *e, uint32_t index, uint64_t mask,
		       uint64_t value)
{
	e->args[e->n++] = (struct profile_arg){
		index, SCMP_CMP_MASKED_EQ, mask, value & mask
	};
}

/*
 * As masks: two numbers differ first at some bit, and there one has it set
 * and the other has it clear.
 */
static struct either as_masks(const struct profile_arg *arg)
{
	struct either e = { .n = 0 };
	int op = arg->op;

	if (op == SCMP_CMP_MASKED_EQ) {
		e.args[e.n++] = *arg;
		return e;
	}
	if (op == SCMP_CMP_EQ || op == SCMP_CMP_LE || op == SCMP_CMP_GE)
		add_masked(&e, arg->index, UINT64_MAX, arg->value);
	for (int i = 0; i < 64 && op != SCMP_CMP_EQ; i++) {
		uint64_t bit = 1ULL << i;
		bool set = arg->value & bit;

		if (op == SCMP_CMP_NE ||
		    (set && (op == SCMP_CMP_LT || op == SCMP_CMP_LE)) ||
		    (!set && (op == SCMP_CMP_GT || op == SCMP_CMP_GE)))
			add_masked(&e, arg->index, -bit, arg->value ^ bit);
	}
	return e;
}

static struct either negated(const struct profile_arg *arg)
{
	static const int opposite[] = {
		[SCMP_CMP_NE] = SCMP_CMP_EQ, [SCMP_CMP_EQ] = SCMP_CMP_NE,
		[SCMP_CMP_LT] = SCMP_CMP_GE, [SCMP_CMP_GE] = SCMP_CMP_LT,
		[SCMP_CMP_LE] = SCMP_CMP_GT, [SCMP_CMP_GT] = SCMP_CMP_LE,
	};
	struct either e = { .n = 0 };

	if (arg->op != SCMP_CMP_MASKED_EQ) {
		e.args[e.n] = *arg;
		e.args[e.n++].op = opposite[arg->op];
		return e;
	}
	for (int i = 0; i < 64; i++) {
		uint64_t bit = 1ULL << i;

		if (arg->value & bit)
			add_masked(&e, arg->index, arg->value & -bit,
				   arg->value_two ^ bit);
	}
	return e;
}

static bool is_bound(const struct profile_arg *arg)
{
	return arg->op == SCMP_CMP_LT || arg->op == SCMP_CMP_LE ||
	       arg->op == SCMP_CMP_GE || arg->op == SCMP_CMP_GT;
}

/*
 * Both at once, where one comparison can say that.
 * 1: `out` does; 0: they never hold together; -1: it cannot.
 */
static int both(const struct profile_arg *a, const struct profile_arg *b,
		struct profile_arg *out)
{
	*out = *a;
	if (a->op == SCMP_CMP_EQ)
		return holds(b, a->value);
	if (is_bound(a) && a->op == b->op)
		return holds(b, a->value) || a->value == b->value ? 1 : -1;
	if (a->op == SCMP_CMP_NE && b->op == a->op && a->value == b->value)
		return 1;
	if (a->op == SCMP_CMP_MASKED_EQ && b->op == SCMP_CMP_NE &&
	    !holds(a, b->value))
		return 1;
	if (a->op != SCMP_CMP_MASKED_EQ || b->op != SCMP_CMP_MASKED_EQ)
		return -1;
	if ((a->value_two ^ b->value_two) & a->value & b->value)
		return 0;
	out->value = a->value | b->value;
	out->value_two = (a->value_two & a->value) |
			 (b->value_two & b->value);
	return 1;
}

static void add_with(struct condition *c, struct condition_group group,
		     const struct profile_arg *arg)
{
	group.args[arg->index] = *arg;
	group.used |= 1U << arg->index;
	add_group(c, &group);
}

/* The group and one comparison more. */
static void narrow(struct condition *c, const struct condition_group *group,
		   const struct profile_arg *arg)
{
	const struct profile_arg *old = &group->args[arg->index];
	struct either x, y;
	struct profile_arg out;
	int one = 1;

	if (!(group->used & 1U << arg->index)) {
		add_with(c, *group, arg);
		return;
	}
	one = both(old, arg, &out);
	if (one < 0)
		one = both(arg, old, &out);
	if (one > 0)
		add_with(c, *group, &out);
	if (one >= 0)
		return;
	x = as_masks(old);
	y = as_masks(arg);
	for (size_t i = 0; i < x.n; i++)
		for (size_t j = 0; j < y.n; j++)
			if (both(&x.args[i], &y.args[j], &out) > 0)
				add_with(c, *group, &out);
}

/* One group with another: as one comparison after the other. */
static void join(struct condition *c, const struct condition_group *a,
		 const struct condition_group *b)
{
	struct condition now = { 0 };

	add_group(&now, a);
	for (uint32_t i = 0; i < 6; i++) {
		struct condition next = { 0 };

		if (!(b->used & 1U << i))
			continue;
		for (size_t j = 0; j < now.n; j++)
			narrow(&next, &now.groups[j], &b->args[i]);
		next.overflow = next.overflow || now.overflow;
		condition_free(&now);
		now = next;
	}
	*c = condition_or(c, &now);
}

struct condition condition_and(struct condition *a, struct condition *b)
{
	struct condition c = {
		.overflow = a->overflow || b->overflow,
		.work = a->work + b->work + a->n * b->n,
	};

	c.overflow = c.overflow || c.work > WORK_MAX;
	for (size_t i = 0; i < a->n && !c.overflow; i++)
		for (size_t j = 0; j < b->n && !c.overflow; j++)
			join(&c, &a->groups[i], &b->groups[j]);
	condition_free(a);
	condition_free(b);
	return c;
}

static struct condition not_group(const struct condition_group *group)
{
	struct condition c = { 0 };

	for (uint32_t i = 0; i < 6; i++) {
		struct either e;

		if (!(group->used & 1U << i))
			continue;
		e = negated(&group->args[i]);
		for (size_t j = 0; j < e.n; j++) {
			struct condition one = condition_of(&e.args[j]);

			c = condition_or(&c, &one);
		}
	}
	return c;
}

struct condition condition_not(struct condition *a)
{
	struct condition c = condition_always();

	c.overflow = a->overflow;
	c.work = a->work;
	for (size_t i = 0; i < a->n; i++) {
		struct condition one = not_group(&a->groups[i]);

		c = condition_and(&c, &one);
	}
	condition_free(a);
	return c;
}
