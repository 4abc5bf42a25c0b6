/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/prove.h"

#include <inttypes.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "filter/cbpf.h"
#include "base/memory.h"

#define X32_BIT 0x40000000U	/* __X32_SYSCALL_BIT, asm/unistd.h */

/*
 * The input of a program is 16 words. A path through it is taken by the inputs
 * that pass its tests, so each word has the set of values that it can have
 * there.
 */
enum {
	WORDS = sizeof(struct seccomp_data) / sizeof(uint32_t),
	WORD_NR = offsetof(struct seccomp_data, nr) / sizeof(uint32_t),
	WORD_ARCH = offsetof(struct seccomp_data, arch) / sizeof(uint32_t),
	WORD_ARGS = offsetof(struct seccomp_data, args) / sizeof(uint32_t),
};

/* Values from `low`, which is one, to `high`, less those excluded. */
struct set {
	uint32_t low, high;
	uint32_t known, bits;	/* v & known == bits */
	size_t excluded;	/* 1 + index of the last exclusion; 0: none */
};

struct exclusion {
	uint32_t value;
	size_t older;		/* as in struct set */
};

/* (word & mask) compared with k by a BPF_J* */
struct test {
	unsigned int word;
	uint32_t mask;
	uint16_t op;
	uint32_t k;
};

struct state {
	struct set words[WORDS];
	size_t pc;
	unsigned int word;	/* the accumulator is a word and a mask */
	uint32_t mask;
	bool answered;
	uint32_t answer;
};

/* Of tests and set members looked at: a second or two. */
enum { WORK_MAX = 1 << 26 };

struct prover {
	const struct sock_filter *code;
	size_t n;
	const struct profile *profile;
	struct exclusion *exclusions;
	size_t n_exclusions, room;
	size_t work;
	char *problem;
};

/* Sets */

static bool is_excluded(struct prover *p, const struct set *s, uint32_t v)
{
	for (size_t i = s->excluded; i; i = p->exclusions[i - 1].older) {
		p->work++;
		if (p->exclusions[i - 1].value == v)
			return true;
	}
	return false;
}

/* The smallest value from `v` on whose known bits are right. */
static bool match_from(const struct set *s, uint32_t v, uint32_t *found)
{
	uint32_t wrong = (v ^ s->bits) & s->known, bit, carry;

	*found = v;
	if (!wrong)
		return true;
	bit = 1U << (31 - __builtin_clz(wrong));
	if (s->bits & bit) {
		*found = (v & ~(bit | (bit - 1))) | (s->bits & (bit | (bit - 1)));
		return true;
	}
	/* A free bit above that is clear has to be set. */
	carry = ~v & ~s->known & ~(bit | (bit - 1));
	if (!carry)
		return false;
	bit = carry & -carry;
	*found = (v & ~(bit | (bit - 1))) | bit | (s->bits & (bit - 1));
	return true;
}

static bool first_from(struct prover *p, const struct set *s, uint32_t v,
		       uint32_t *found)
{
	if (v < s->low)
		v = s->low;
	while (match_from(s, v, &v) && v <= s->high) {
		p->work++;
		*found = v;
		if (!is_excluded(p, s, v))
			return true;
		if (v++ == UINT32_MAX)
			return false;
	}
	return false;
}

static bool contains(struct prover *p, const struct set *s, uint32_t v)
{
	return v >= s->low && v <= s->high && (v & s->known) == s->bits &&
		!is_excluded(p, s, v);
}

/* False: nothing remains. The same holds for all that narrow a set. */
static bool settle(struct prover *p, struct set *s)
{
	return first_from(p, s, s->low, &s->low);
}

static bool exclude(struct prover *p, struct set *s, uint32_t v)
{
	if (!contains(p, s, v))
		return true;
	if (v == s->low)
		return s->low++ != UINT32_MAX && settle(p, s);
	if (v == s->high) {
		s->high--;
		return true;
	}
	if (p->n_exclusions == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->exclusions = xrealloc(p->exclusions, p->room,
					 sizeof(*p->exclusions));
	}
	p->exclusions[p->n_exclusions++] =
		(struct exclusion){ v, s->excluded };
	s->excluded = p->n_exclusions;
	return true;
}

static bool at_least(struct prover *p, struct set *s, uint32_t v)
{
	return first_from(p, s, v, &s->low);
}

static bool below(struct prover *p, struct set *s, uint32_t v)
{
	if (!v)
		return false;
	if (s->high > v - 1)
		s->high = v - 1;
	return settle(p, s);
}

static bool fix_bits(struct prover *p, struct set *s, uint32_t mask,
		     uint32_t bits)
{
	if ((s->bits ^ bits) & s->known & mask)
		return false;
	s->known |= mask;
	s->bits |= bits & mask;
	return settle(p, s);
}

/* Tests */

/*
 * The values for which masked bits differ from `k` are not one set, but one for
 * each bit: `part` is the highest that differs. The same where any bit of `k`
 * has to be set.
 */
static bool differ_at(struct prover *p, struct set *s, uint32_t mask,
		      uint32_t k, unsigned int part)
{
	uint32_t bit = part < 32 ? 1U << part : 0;

	return mask & bit && fix_bits(p, s, mask & -bit, k ^ bit);
}

static bool narrow_equal(struct prover *p, struct set *s,
			 const struct test *test, bool outcome,
			 unsigned int part)
{
	if (test->mask == UINT32_MAX && outcome)
		return !part && at_least(p, s, test->k) &&
			s->low == test->k && (s->high = s->low, true);
	if (test->mask == UINT32_MAX)
		return !part && exclude(p, s, test->k);
	if (test->k & ~test->mask)	/* it never is */
		return !part && !outcome;
	if (outcome)
		return !part && fix_bits(p, s, test->mask, test->k);
	return differ_at(p, s, test->mask, test->k, part);
}

/*
 * (v & mask) > k: the highest bit that differs is set in v and clear in `k`;
 * below a bit that only `k` has, none counts. The last part of the others has
 * no bit that differs.
 */
static bool narrow_above(struct prover *p, struct set *s, uint32_t mask,
			 uint32_t k, bool outcome, unsigned int part)
{
	uint32_t bit = part < 32 ? 1U << part : 0;

	if (k & ~mask)
		mask &= ~(UINT32_MAX >> __builtin_clz(k & ~mask));
	if (!bit)
		return !outcome && fix_bits(p, s, mask, k);
	return !(k & bit) == outcome && differ_at(p, s, mask, k, part);
}

static bool narrow_ordered(struct prover *p, struct set *s,
			   const struct test *test, bool outcome,
			   unsigned int part)
{
	bool is_ge = test->op == BPF_JGE;

	if (is_ge ? !test->k : test->k == UINT32_MAX)
		return !part && outcome == is_ge;
	if (test->mask != UINT32_MAX)
		return narrow_above(p, s, test->mask, test->k - is_ge, outcome,
				    part);
	return !part && (outcome ? at_least : below)(p, s, test->k + !is_ge);
}

enum { PARTS = 33 };	/* a bit each, and one without */

/* `part` of the set for which the test has the outcome; false: it is empty. */
static bool narrow(struct prover *p, struct set *s, const struct test *test,
		   bool outcome, unsigned int part)
{
	uint32_t set = test->mask & test->k;

	switch (test->op) {
	case BPF_JEQ:
		return narrow_equal(p, s, test, outcome, part);
	case BPF_JSET:
		return outcome ? differ_at(p, s, set, 0, part) :
			!part && fix_bits(p, s, set, 0);
	default:
		return narrow_ordered(p, s, test, outcome, part);
	}
}

static bool can(struct prover *p, const struct state *s,
		const struct test *test, bool outcome)
{
	size_t n = p->n_exclusions;
	bool possible = false;

	for (unsigned int part = 0; part < PARTS && !possible; part++) {
		struct set set = s->words[test->word];

		possible = narrow(p, &set, test, outcome, part);
	}
	p->n_exclusions = n;
	p->work++;
	return possible;
}

enum decided { NO, YES, OPEN };

static enum decided decide(struct prover *p, const struct state *s,
			   const struct test *test)
{
	if (!can(p, s, test, true))
		return NO;
	return can(p, s, test, false) ? OPEN : YES;
}

/* What the profile says */

/* A condition, of which `test` is to be decided next when it is open. */
static enum decided compare(struct prover *p, const struct state *s,
			    const struct profile_arg *arg, bool wide,
			    struct test *test)
{
	unsigned int low = WORD_ARGS + 2 * arg->index, high = low + 1;
	bool is_equality = arg->op == SCMP_CMP_EQ || arg->op == SCMP_CMP_NE ||
			   arg->op == SCMP_CMP_MASKED_EQ;
	bool negated = arg->op == SCMP_CMP_NE || arg->op == SCMP_CMP_LT ||
		       arg->op == SCMP_CMP_LE;
	bool masked = arg->op == SCMP_CMP_MASKED_EQ;
	uint64_t mask = masked ? arg->value : UINT64_MAX;
	uint64_t k = (masked ? arg->value_two : arg->value) & mask;
	enum decided d;

	if (wide && !is_equality) {
		*test = (struct test){ high, UINT32_MAX, BPF_JGT, k >> 32 };
		d = decide(p, s, test);
		if (d != NO)
			return d == YES && negated ? NO : d;
	}
	if (wide) {
		*test = (struct test){ high, mask >> 32, BPF_JEQ, k >> 32 };
		d = decide(p, s, test);
		if (d != YES)
			return d == NO && negated ? YES : d;
	}
	*test = (struct test){
		low, mask, is_equality ? BPF_JEQ :
		arg->op == SCMP_CMP_GT || arg->op == SCMP_CMP_LE ?
		BPF_JGT : BPF_JGE, k
	};
	d = decide(p, s, test);
	return d == OPEN || !negated ? d : d == YES ? NO : YES;
}

static enum decided applies(struct prover *p, const struct state *s,
			    const struct profile_rule *rule, bool wide,
			    struct test *test)
{
	struct test open;
	enum decided all = YES;

	for (uint32_t i = 0; i < rule->n_args; i++) {
		enum decided d = compare(p, s, &rule->args[i], wide, &open);

		if (d == NO)
			return NO;
		if (d == OPEN && all == YES)
			*test = open;
		if (d == OPEN)
			all = OPEN;
	}
	return all;
}

/* Calls in text */

static char *call_text(const struct state *s)
{
	struct call_id id = { s->words[WORD_ARCH].low,
			      (int32_t)s->words[WORD_NR].low };
	const struct arch *arch = arch_of_call(id);
	char buf[SYSCALL_NAME_MAX];
	char *text = arch ?
		xasprintf("%s on %s", syscall_label(id, buf), arch->name) :
		xasprintf("call %d of architecture 0x%08x", id.nr, id.arch);
	const char *with = " with ";

	for (unsigned int i = 0; i < 6; i++) {
		const struct set *low = &s->words[WORD_ARGS + 2 * i];
		uint64_t value = (uint64_t)low[1].low << 32 | low[0].low;
		char *longer;

		if (!memcmp(&low[0], &low[1], sizeof(*low)) && !value)
			continue;	/* not looked at */
		longer = xasprintf("%s%sargument %u 0x%" PRIx64, text, with, i,
				   value);
		free(text);
		text = longer;
		with = ", ";
	}
	return text;
}

static void disagree(struct prover *p, const struct state *s, uint32_t right)
{
	char is[ACTION_NAME_MAX], should[ACTION_NAME_MAX];
	char *call = call_text(s);

	p->problem = xasprintf("%s gets %s instead of %s", call,
			       action_name(s->answer, is),
			       action_name(right, should));
	free(call);
}

/* Whether the state has been dealt with; else `test` has to be decided. */
static bool expect(struct prover *p, const struct state *s, uint32_t action)
{
	if (s->answer != action)
		disagree(p, s, action);
	return true;
}

/*
 * Rules of one call. The first one without conditions replaces the others
 * (libseccomp, db_rule_add()).
 */
static bool judge_rules(struct prover *p, const struct state *s,
			const struct profile_rule *rules, size_t n, bool wide,
			struct test *test)
{
	uint32_t right = p->profile->default_action;
	bool is_open = false;

	for (size_t i = 0; i < n; i++)
		if (!rules[i].n_args)
			return expect(p, s, rules[i].action);
	for (size_t i = 0; i < n; i++) {
		struct test open;
		enum decided d = applies(p, s, &rules[i], wide, &open);

		if (d == YES && rules[i].action == s->answer)
			return true;
		if (d == YES)
			right = rules[i].action;
		if (d == OPEN && !is_open)
			*test = open;
		is_open |= d == OPEN;
	}
	return is_open ? false : expect(p, s, right);
}

/* The first rule that a call from `low` on can have; numbers are signed. */
static size_t first_rule(const struct profile *p, uint32_t audit, uint32_t low)
{
	struct call_id id = { audit, low > INT32_MAX ? INT32_MIN : low };
	size_t first = 0, n = p->n_rules;

	while (n) {
		size_t half = n / 2;

		if (call_id_compare(&p->rules[first + half].id, &id) < 0) {
			first += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return first;
}

static bool is_within(const struct profile_rule *rule, uint32_t audit,
		      const struct set *nr)
{
	return rule->id.arch == audit &&
		(nr->high > INT32_MAX || rule->id.nr <= (int32_t)nr->high);
}

/* How many rules one call has. */
static size_t count_rules(const struct profile *p, size_t first)
{
	size_t i = first;

	while (i < p->n_rules &&
	       !call_id_compare(&p->rules[first].id, &p->rules[i].id))
		i++;
	return i - first;
}

/* The rules of an audit architecture; x32 shares that of x86_64. */
static bool judge_numbers(struct prover *p, const struct state *s,
			  uint32_t audit, struct test *test)
{
	const struct profile *profile = p->profile;
	const struct set *nr = &s->words[WORD_NR];

	for (size_t i = first_rule(profile, audit, nr->low), end;
	     i < profile->n_rules && is_within(&profile->rules[i], audit, nr);
	     i = end) {
		const struct profile_rule *rule = &profile->rules[i];

		end = i + count_rules(profile, i);
		if (!contains(p, nr, rule->id.nr))
			continue;
		*test = (struct test){ WORD_NR, UINT32_MAX, BPF_JEQ,
				       rule->id.nr };
		return decide(p, s, test) == YES &&
			judge_rules(p, s, rule, end - i,
				    arch_is_wide(arch_of_call(rule->id)), test);
	}
	return expect(p, s, profile->default_action);
}

static bool has_arch(const struct profile *p, uint32_t scmp)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i]->scmp == scmp)
			return true;
	return false;
}

/*
 * x86_64 and x32 share an architecture. Where the profile has one of them,
 * calls of the other are of another architecture, but for -1, by which a
 * tracer skips a call.
 */
static bool judge_x86_64(struct prover *p, const struct state *s,
			 struct test *test)
{
	bool plain = has_arch(p->profile, SCMP_ARCH_X86_64);
	bool x32 = has_arch(p->profile, SCMP_ARCH_X32);
	enum decided d;

	if (plain && x32)
		return judge_numbers(p, s, AUDIT_ARCH_X86_64, test);
	*test = (struct test){ WORD_NR, UINT32_MAX, BPF_JGE, X32_BIT };
	d = decide(p, s, test);
	if (d == YES && plain) {
		*test = (struct test){ WORD_NR, UINT32_MAX, BPF_JEQ, -1 };
		d = decide(p, s, test);
		if (d == YES)
			return expect(p, s, p->profile->default_action);
		x32 = true;
	}
	if (d == OPEN)
		return false;
	if ((d == YES) != x32 || (plain && x32))
		return expect(p, s, p->profile->other_arch_action);
	return judge_numbers(p, s, AUDIT_ARCH_X86_64, test);
}

/* An answer; false: the profile does not say the same for the whole state. */
static bool judge(struct prover *p, const struct state *s, struct test *test)
{
	const struct profile *profile = p->profile;

	for (size_t i = 0; i < profile->n_archs; i++) {
		uint32_t audit = profile->archs[i]->audit;

		*test = (struct test){ WORD_ARCH, UINT32_MAX, BPF_JEQ, audit };
		switch (decide(p, s, test)) {
		case OPEN:
			return false;
		case YES:
			return audit == AUDIT_ARCH_X86_64 ?
				judge_x86_64(p, s, test) :
				judge_numbers(p, s, audit, test);
		case NO:
			break;
		}
	}
	return expect(p, s, profile->other_arch_action);
}

/* The program */

static bool is_jump(uint16_t code)
{
	return code == (BPF_JMP | BPF_JEQ | BPF_K) ||
	       code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       code == (BPF_JMP | BPF_JGE | BPF_K) ||
	       code == (BPF_JMP | BPF_JSET | BPF_K);
}

/* One instruction; false: a jump depends on `test`. */
static bool step(struct prover *p, struct state *s, struct test *test)
{
	const struct sock_filter *i = &p->code[s->pc];

	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		s->word = i->k / sizeof(uint32_t);
		s->mask = UINT32_MAX;
		break;
	case BPF_ALU | BPF_AND | BPF_K:
		s->mask &= i->k;
		break;
	case BPF_RET | BPF_K:
		s->answered = true;
		s->answer = i->k;
		return true;
	case BPF_JMP | BPF_JA:
		s->pc += i->k;
		break;
	default:
		*test = (struct test){ s->word, s->mask, BPF_OP(i->code),
				       i->k };
		if (is_jump(i->code))
			return false;
		p->problem = xasprintf("instruction %zu, 0x%02x, is none that "
				       "libseccomp is known to use", s->pc,
				       i->code);
	}
	s->pc++;
	return true;
}

enum progress { GOES_ON, DONE, DIVIDES };

static enum progress advance(struct prover *p, struct state *s,
			     struct test *test)
{
	p->work++;
	if (s->answered)
		return judge(p, s, test) ? DONE : DIVIDES;
	return step(p, s, test) ? GOES_ON : DIVIDES;
}

static void explore(struct prover *p, const struct state *from);

/*
 * Explore each part into which the test divides the state, but the last, which
 * `s` becomes: a program is a long list of tests, too long for recursion.
 */
static void divide(struct prover *p, struct state *s, const struct test *test)
{
	const struct sock_filter *i = &p->code[s->pc];
	bool is_one = test->mask == UINT32_MAX && test->op != BPF_JSET, any = false;
	const struct state whole = *s;

	for (unsigned int part = 0; part < (is_one ? 2 : 2 * PARTS); part++) {
		bool outcome = !(part & 1);
		struct set set = whole.words[test->word];

		if (!narrow(p, &set, test, outcome, part / 2))
			continue;
		if (any)
			explore(p, s);
		any = true;
		*s = whole;
		s->words[test->word] = set;
		if (!s->answered)
			s->pc += 1 + (outcome ? i->jt : i->jf);
	}
}

static void explore(struct prover *p, const struct state *from)
{
	size_t mark = p->n_exclusions;
	enum progress progress = GOES_ON;
	struct state s = *from;
	struct test test;

	while (progress != DONE && !p->problem && p->work < WORK_MAX) {
		progress = advance(p, &s, &test);
		if (progress == DIVIDES)
			divide(p, &s, &test);
	}
	p->n_exclusions = mark;
}

char *prove(const struct sock_filter *code, size_t n,
	    const struct profile *profile)
{
	struct prover p = { .code = code, .n = n, .profile = profile };
	struct state start = { .mask = 0 };
	char *problem;

	for (size_t i = 0; i < WORDS; i++)
		start.words[i].high = UINT32_MAX;
	problem = cbpf_check(code, n);
	if (!problem)
		explore(&p, &start);
	free(p.exclusions);
	if (!problem)
		problem = p.problem;
	if (!problem && p.work >= WORK_MAX)
		problem = xstrdup("too many conditions depend on each other");
	return problem;
}
