/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/prove.h"

#include <inttypes.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "filter/cbpf.h"
#include "filter/word-set.h"

#define X32_BIT 0x40000000U	/* __X32_SYSCALL_BIT, asm/unistd.h */

/*
 * The input of a program consists of 16 words. Each test on a path through the
 * program limits the values of one word. So each word has a set of possible
 * values on that path.
 */
enum {
	WORDS = sizeof(struct seccomp_data) / sizeof(uint32_t),
	WORD_NR = offsetof(struct seccomp_data, nr) / sizeof(uint32_t),
	WORD_ARCH = offsetof(struct seccomp_data, arch) / sizeof(uint32_t),
	WORD_ARGS = offsetof(struct seccomp_data, args) / sizeof(uint32_t),
};

/* The contents of the accumulator: a word of the input, and a mask. */
struct accumulator {
	/* WORDS: unknown, because it depends on the path */
	unsigned int word;
	uint32_t mask;
};

struct state {
	struct word_set words[WORDS];
	size_t pc;
	struct accumulator a;
	/* the number needs no further test */
	bool judging;
	/* the index of the call's first rule that is not refuted */
	size_t refuted;
};

/*
 * A limit for the tests, and for the elements of sets. Reaching it takes a few
 * seconds.
 */
enum { WORK_MAX = 1 << 28 };

/*
 * An instruction that a state can reach. The mark is valid in one generation,
 * and has the accumulator there.
 */
struct mark {
	size_t generation;
	struct accumulator a;
};

struct prover {
	const struct sock_filter *code;
	size_t n;
	const struct profile *profile;
	size_t first, end;	/* the range of the rules that were used last */
	struct mark *marks;	/* indexed by instruction */
	size_t generation;
	struct exclusions exclusions;
	char *problem;
};

enum decided { NO, YES, OPEN };

static enum decided decide(struct prover *p, const struct state *state,
			   const struct word_test *test)
{
	const struct word_set *s = &state->words[test->word];
	bool outcome = word_test_passes(test, s->low);

	if (word_set_can(&p->exclusions, s, test, !outcome))
		return OPEN;
	return outcome ? YES : NO;
}

/* The answers of the profile. */

static enum decided negate(enum decided d)
{
	return d == OPEN ? d : d == YES ? NO : YES;
}

/*
 * Compares both words of the argument, or only `low`. If the result is open,
 * `test` becomes the test that must be decided next.
 */
static enum decided equal(struct prover *p, const struct state *s,
			  const struct word_test *high,
			  const struct word_test *low, struct word_test *test)
{
	enum decided first = high ? decide(p, s, high) : YES;
	enum decided second = first == NO ? NO : decide(p, s, low);

	*test = first == OPEN ? *high : *low;
	return second == NO ? NO : first == OPEN ? OPEN : second;
}

/* v > k if `op` is BPF_JGT, and v >= k if it is BPF_JGE. */
static enum decided ordered(struct prover *p, const struct state *s,
			    const struct word_test *high,
			    const struct word_test *low, struct word_test *test)
{
	enum decided d = NO;

	if (high) {
		*test = *high;
		test->op = BPF_JGT;
		d = decide(p, s, test);
	}
	return d == NO ? equal(p, s, high, low, test) : d;
}

static enum decided compare(struct prover *p, const struct state *s,
			    const struct profile_arg *arg, bool wide,
			    struct word_test *test)
{
	bool masked = arg->op == SCMP_CMP_MASKED_EQ ||
		      arg->op == PROFILE_CMP_MASKED_NE;
	uint64_t mask = masked ? arg->value : UINT64_MAX;
	uint64_t k = (masked ? arg->value_two : arg->value) & mask;
	unsigned int word = WORD_ARGS + 2 * arg->index;
	struct word_test low = { word, mask, BPF_JEQ, k };
	struct word_test high = { word + 1, mask >> 32, BPF_JEQ, k >> 32 };
	const struct word_test *upper = wide ? &high : NULL;

	switch (arg->op) {
	case SCMP_CMP_NE:
	case PROFILE_CMP_MASKED_NE:
		return negate(equal(p, s, upper, &low, test));
	case SCMP_CMP_GT:
	case SCMP_CMP_LE:
		low.op = BPF_JGT;
		break;
	case SCMP_CMP_GE:
	case SCMP_CMP_LT:
		low.op = BPF_JGE;
		break;
	default:
		return equal(p, s, upper, &low, test);
	}
	if (arg->op == SCMP_CMP_LE || arg->op == SCMP_CMP_LT)
		return negate(ordered(p, s, upper, &low, test));
	return ordered(p, s, upper, &low, test);
}

static enum decided applies(struct prover *p, const struct state *s,
			    const struct profile_rule *rule, bool wide,
			    struct word_test *test)
{
	struct word_test open;
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

/* Makes texts that describe calls. */

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
		const struct word_set *low = &s->words[WORD_ARGS + 2 * i];
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

/* The program */

/* The answers that a state can get. */
struct answers {
	uint32_t actions[8];
	size_t n;
	/* some jumps are undecided; some were not followed */
	bool is_open, is_blind;
	struct word_test test;	/* the first undecided test */
};

static bool is_jump(uint16_t code)
{
	return code == (BPF_JMP | BPF_JEQ | BPF_K) ||
	       code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       code == (BPF_JMP | BPF_JGE | BPF_K) ||
	       code == (BPF_JMP | BPF_JSET | BPF_K);
}

static struct word_test test_of(const struct sock_filter *i,
				struct accumulator a)
{
	return (struct word_test){ a.word, a.mask, BPF_OP(i->code), i->k };
}

/*
 * Executes an instruction that is neither a return nor a conditional jump.
 * Returns the next instruction.
 */
static size_t move(struct prover *p, size_t pc, struct accumulator *a)
{
	const struct sock_filter *i = &p->code[pc];

	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		*a = (struct accumulator){ i->k / sizeof(uint32_t),
					   UINT32_MAX };
		break;
	case BPF_ALU | BPF_AND | BPF_K:
		a->mask &= i->k;
		break;
	case BPF_JMP | BPF_JA:
		return pc + 1 + i->k;
	default:
		p->problem = xasprintf("instruction %zu: code 0x%02x, which "
				       "libseccomp is not known to use", pc,
				       i->code);
	}
	return pc + 1;
}

static void mark(struct prover *p, size_t pc, struct accumulator a)
{
	struct mark *m = &p->marks[pc];

	if (m->generation == p->generation &&
	    (m->a.word != a.word || m->a.mask != a.mask))
		a.word = WORDS;
	*m = (struct mark){ p->generation, a };
}

static void add_answer(struct answers *r, uint32_t action)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->actions[i] == action)
			return;
	if (r->n == sizeof(r->actions) / sizeof(r->actions[0]))
		r->is_blind = true;
	else
		r->actions[r->n++] = action;
}

static void mark_jump(struct prover *p, const struct state *s, size_t pc,
		      struct accumulator a, struct answers *r)
{
	const struct sock_filter *i = &p->code[pc];
	struct word_test test = test_of(i, a);
	enum decided d = a.word == WORDS ? OPEN : decide(p, s, &test);

	if (d != NO)
		mark(p, pc + 1 + i->jt, a);
	if (d != YES)
		mark(p, pc + 1 + i->jf, a);
	r->is_blind |= a.word == WORDS;
	if (d != OPEN || a.word == WORDS || r->is_open)
		return;
	r->is_open = true;
	r->test = test;
}

/* Jumps only go forward, so that one pass is enough. */
static struct answers reach(struct prover *p, const struct state *s)
{
	struct answers r = { .n = 0 };

	p->generation++;
	mark(p, s->pc, s->a);
	for (size_t pc = s->pc; pc < p->n && !p->problem; pc++) {
		struct accumulator a = p->marks[pc].a;

		p->exclusions.work++;
		if (p->marks[pc].generation != p->generation)
			continue;
		if (p->code[pc].code == (BPF_RET | BPF_K))
			add_answer(&r, p->code[pc].k);
		else if (is_jump(p->code[pc].code))
			mark_jump(p, s, pc, a, &r);
		else
			mark(p, move(p, pc, &a), a);
	}
	return r;
}

/* Compares the program with the profile. */

static void disagree(struct prover *p, const struct state *s, uint32_t answer,
		     uint32_t right)
{
	char is[ACTION_NAME_MAX], should[ACTION_NAME_MAX];
	char *call = call_text(s);

	p->problem = xasprintf("%s gets %s instead of %s", call,
			       action_name(answer, is),
			       action_name(right, should));
	free(call);
}

/*
 * Handles a wrong answer. If the state can really get it, sets the problem and
 * returns true. If that depends on a test, returns false, and `test` must be
 * decided first.
 */
static bool refute(struct prover *p, const struct state *s,
		   const struct answers *r, uint32_t answer, uint32_t right,
		   struct word_test *test)
{
	*test = r->test;
	if (r->is_open)
		return false;
	if (r->is_blind)
		p->problem = xstrdup("its program cannot be followed");
	else
		disagree(p, s, answer, right);
	return true;
}

static bool expect(struct prover *p, const struct state *s, uint32_t action,
		   struct word_test *test)
{
	struct answers r = reach(p, s);

	for (size_t i = 0; i < r.n; i++)
		if (r.actions[i] != action)
			return refute(p, s, &r, r.actions[i], action, test);
	return true;
}

/* Whether another rule with that action applies. */
static enum decided any_applies(struct prover *p, const struct state *s,
				const struct profile_rule *rules, size_t n,
				uint32_t action, struct word_test *test)
{
	bool wide = arch_is_wide(arch_of_call(rules->id));
	struct word_test open;
	enum decided any = NO;

	for (size_t i = 1; i < n && any != YES; i++) {
		enum decided d = rules[i].action == action ?
			applies(p, s, &rules[i], wide, &open) : NO;

		if (d == OPEN && any == NO)
			*test = open;
		if (d != NO)
			any = d;
	}
	return any;
}

/*
 * The first of these rules applies. If others apply as well, their answers are
 * accepted, too.
 */
static bool expect_any(struct prover *p, const struct state *s,
		       const struct profile_rule *rules, size_t n,
		       struct word_test *test)
{
	struct answers r = reach(p, s);

	for (size_t i = 0; i < r.n; i++) {
		if (r.actions[i] == rules->action)
			continue;
		switch (any_applies(p, s, rules, n, r.actions[i], test)) {
		case YES:
			break;
		case OPEN:
			return false;
		case NO:
			return refute(p, s, &r, r.actions[i], rules->action,
				      test);
		}
	}
	return true;
}

/*
 * Judges the rules of one call. If the profile is not ordered, the first rule
 * without conditions replaces all others (libseccomp, db_rule_add()).
 */
static bool judge_rules(struct prover *p, struct state *s,
			const struct profile_rule *rules, size_t n,
			struct word_test *test)
{
	bool wide = arch_is_wide(arch_of_call(rules->id));
	bool ordered = p->profile->ordered;

	for (size_t i = 0; !ordered && !s->refuted && i < n; i++)
		if (!rules[i].n_args)
			return expect(p, s, rules[i].action, test);
	for (; s->refuted < n; s->refuted++) {
		size_t i = s->refuted;
		enum decided d = applies(p, s, &rules[i], wide, test);

		if (d == YES && ordered)
			return expect(p, s, rules[i].action, test);
		if (d == YES)
			return expect_any(p, s, &rules[i], n - i, test);
		if (d == OPEN)
			return false;
	}
	return expect(p, s, p->profile->default_action, test);
}

/* Returns the first rule for a number from `low` on. Numbers are signed. */
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
		      const struct word_set *nr)
{
	return rule->id.arch == audit &&
		(nr->high > INT32_MAX || rule->id.nr <= (int32_t)nr->high);
}

/*
 * The index after the last rule of the call. A call can have thousands of
 * rules.
 */
static size_t end_of_call(struct prover *p, size_t first)
{
	const struct profile *profile = p->profile;
	size_t i = first;

	if (p->first == first && p->end)
		return p->end;
	while (i < profile->n_rules &&
	       !call_id_compare(&profile->rules[first].id,
				&profile->rules[i].id))
		i++;
	p->first = first;
	p->end = i;
	return i;
}

/*
 * Judges the rules of an audit architecture. x86_64 and x32 have the same one.
 */
static bool judge_numbers(struct prover *p, struct state *s, uint32_t audit,
			  struct word_test *test)
{
	const struct profile *profile = p->profile;
	const struct word_set *nr = &s->words[WORD_NR];

	for (size_t i = first_rule(profile, audit, nr->low), end;
	     i < profile->n_rules && is_within(&profile->rules[i], audit, nr);
	     i = end) {
		const struct profile_rule *rule = &profile->rules[i];

		end = end_of_call(p, i);
		if (!word_set_contains(&p->exclusions, nr, rule->id.nr))
			continue;
		*test = (struct word_test){ WORD_NR, UINT32_MAX, BPF_JEQ,
				       rule->id.nr };
		return decide(p, s, test) == YES &&
			judge_rules(p, s, rule, end - i, test);
	}
	return expect(p, s, profile->default_action, test);
}

static bool has_arch(const struct profile *p, uint32_t scmp)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i]->scmp == scmp)
			return true;
	return false;
}

/*
 * x86_64 and x32 have the same audit architecture. If the profile has only one
 * of them, calls of the other one count as those of another architecture. The
 * exception is -1, with which a tracer skips a call.
 */
static bool judge_x86_64(struct prover *p, struct state *s,
			 struct word_test *test)
{
	bool plain = has_arch(p->profile, SCMP_ARCH_X86_64);
	bool x32 = has_arch(p->profile, SCMP_ARCH_X32);
	enum decided d;

	if (plain && x32)
		return judge_numbers(p, s, AUDIT_ARCH_X86_64, test);
	*test = (struct word_test){ WORD_NR, UINT32_MAX, BPF_JGE, X32_BIT };
	d = decide(p, s, test);
	if (d == YES && plain) {
		*test = (struct word_test){ WORD_NR, UINT32_MAX, BPF_JEQ, -1 };
		d = decide(p, s, test);
		if (d == YES)
			return expect(p, s, p->profile->default_action,
				      test);
		x32 = true;
	}
	if (d == OPEN)
		return false;
	if ((d == YES) != x32 || (plain && x32))
		return expect(p, s, p->profile->other_arch_action, test);
	return judge_numbers(p, s, AUDIT_ARCH_X86_64, test);
}

/* Skips the jumps that the state already decides. */
static void skip_decided(struct prover *p, struct state *s)
{
	while (s->a.word < WORDS && p->code[s->pc].code != (BPF_RET | BPF_K)) {
		const struct sock_filter *i = &p->code[s->pc];
		struct word_test test = test_of(i, s->a);
		enum decided d;

		if (!is_jump(i->code)) {
			s->pc = move(p, s->pc, &s->a);
			continue;
		}
		d = decide(p, s, &test);
		if (d == OPEN)
			return;
		s->pc += 1 + (d == YES ? i->jt : i->jf);
	}
}

/* Returns false if `test` must be decided first. */
static bool judge(struct prover *p, struct state *s, struct word_test *test)
{
	const struct profile *profile = p->profile;

	skip_decided(p, s);
	for (size_t i = 0; i < profile->n_archs; i++) {
		uint32_t audit = profile->archs[i]->audit;

		*test = (struct word_test){ WORD_ARCH, UINT32_MAX, BPF_JEQ,
					    audit };
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
	return expect(p, s, profile->other_arch_action, test);
}

/*
 * Continues up to the answer, or to a test of an argument. Tests of numbers
 * form long lists, but tests of arguments form trees, where following every
 * path would take too long. Returns false if a jump depends on `test`.
 */
static bool step(struct prover *p, struct state *s, struct word_test *test)
{
	const struct sock_filter *i = &p->code[s->pc];

	if (is_jump(i->code) && s->a.word < WORDS) {
		*test = test_of(i, s->a);
		s->judging = test->word >= WORD_ARGS &&
			     decide(p, s, test) == OPEN;
		return s->judging;
	}
	s->judging = i->code == (BPF_RET | BPF_K);
	if (!s->judging)
		s->pc = move(p, s->pc, &s->a);
	return true;
}

enum progress { GOES_ON, DONE, DIVIDES };

static enum progress advance(struct prover *p, struct state *s,
			     struct word_test *test)
{
	p->exclusions.work++;
	if (s->judging)
		return judge(p, s, test) ? DONE : DIVIDES;
	return step(p, s, test) ? GOES_ON : DIVIDES;
}

static void explore(struct prover *p, const struct state *from);

/*
 * Divides the state by the test, and explores each part except the last; `s`
 * becomes the last part. This avoids recursion, because a program can be a very
 * long list of tests.
 */
static void divide(struct prover *p, struct state *s,
		   const struct word_test *test)
{
	const struct sock_filter *i = &p->code[s->pc];
	const struct state whole = *s;
	bool any = false;

	for (int outcome = 1; outcome >= 0; outcome--) {
		uint64_t parts = word_test_parts(test, outcome);

		for (; parts; parts &= parts - 1) {
			struct word_set set = whole.words[test->word];

			if (!word_set_narrow(&p->exclusions, &set, test,
					     outcome, __builtin_ctzll(parts)))
				continue;
			if (any)
				explore(p, s);
			any = true;
			*s = whole;
			s->words[test->word] = set;
			if (!s->judging)
				s->pc += 1 + (outcome ? i->jt : i->jf);
		}
	}
}

static void explore(struct prover *p, const struct state *from)
{
	size_t mark = p->exclusions.n;
	enum progress progress = GOES_ON;
	struct state s = *from;
	struct word_test test;

	while (progress != DONE && !p->problem &&
	       p->exclusions.work < WORK_MAX) {
		progress = advance(p, &s, &test);
		if (progress == DIVIDES)
			divide(p, &s, &test);
	}
	p->exclusions.n = mark;
}

char *prove(const struct sock_filter *code, size_t n,
	    const struct profile *profile)
{
	struct prover p = { .code = code, .n = n, .profile = profile };
	struct state start = { .a.word = WORDS };
	char *problem;

	for (size_t i = 0; i < WORDS; i++)
		start.words[i].high = UINT32_MAX;
	problem = cbpf_check(code, n);
	if (problem)
		return problem;
	p.marks = xcalloc(n, sizeof(*p.marks));
	explore(&p, &start);
	free(p.marks);
	free(p.exclusions.at);
	problem = p.problem;
	if (!problem && p.exclusions.work >= WORK_MAX)
		problem = xstrdup("too many conditions depend on each other");
	return problem;
}
