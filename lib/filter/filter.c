/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

void filter_free(struct filter *filter)
{
	while (filter) {
		struct filter *older = filter->older;

		free(filter->code);
		free(filter);
		filter = older;
	}
}

struct filter *filter_join(struct filter *older, struct filter *newer)
{
	struct filter *oldest = newer;

	if (!newer)
		return older;
	while (oldest->older)
		oldest = oldest->older;
	oldest->older = older;
	return newer;
}

/*
 * Evaluation of classic BPF with the restrictions of seccomp(2) (Linux,
 * kernel/seccomp.c, seccomp_check_filter). Bits of the input can be unknown;
 * bits that are computed from them are unknown, too.
 */

struct value {
	/* 0 in unknown bits, because states are compared as bytes */
	uint32_t v;
	uint32_t known;		/* a mask of the known bits */
};

struct state {
	struct value a, x, mem[BPF_MEMWORDS];
};

struct input {
	const struct seccomp_data *data, *known;
};

/*
 * The result of one step: either an answer, or the instructions that can be
 * next.
 */
struct step {
	bool ends;
	struct value answer;
	size_t n_next;
	size_t next[2];
};

static struct value known(uint32_t v)
{
	return (struct value){ v, UINT32_MAX };
}

static const struct value unknown = { 0, false };

/*
 * Loads a native-endian word of the data. Returns false if no word begins at
 * the offset.
 */
static bool load(const struct input *in, uint32_t offset, struct value *to)
{
	if (offset % sizeof(to->v) || offset >= sizeof(*in->data))
		return false;
	memcpy(&to->v, (const char *)in->data + offset, sizeof(to->v));
	memcpy(&to->known, (const char *)in->known + offset, sizeof(to->v));
	to->v &= to->known;
	return true;
}

static bool is_known(struct value a)
{
	return a.known == UINT32_MAX;
}

/*
 * A bit of the result is known if both bits are known, or if one is known to be
 * 0.
 */
static struct value and(struct value a, struct value b)
{
	return (struct value){
		a.v & b.v,
		(a.known & b.known) | (a.known & ~a.v) | (b.known & ~b.v)
	};
}

static struct value or(struct value a, struct value b)
{
	uint32_t bits = (a.known & b.known) | a.v | b.v;

	return (struct value){ (a.v | b.v) & bits, bits };
}

/* Returns false if the kernel would stop the program at this instruction. */
static bool compute(uint16_t op, struct value *a, struct value b)
{
	uint32_t v = a->v;

	if (op == BPF_DIV && is_known(b) && !b.v)
		return false;
	if (op == BPF_AND || op == BPF_OR) {
		*a = op == BPF_AND ? and(*a, b) : or(*a, b);
		return true;
	}
	switch (op) {
	case BPF_ADD: v += b.v; break;
	case BPF_SUB: v -= b.v; break;
	case BPF_MUL: v *= b.v; break;
	case BPF_DIV: v /= is_known(b) ? b.v : 1; break;
	case BPF_XOR: v ^= b.v; break;
	case BPF_LSH: v <<= b.v & 31; break;
	case BPF_RSH: v >>= b.v & 31; break;
	case BPF_NEG: v = -v; b = known(0); break;
	default: return false;
	}
	*a = is_known(*a) && is_known(b) ? known(v) : unknown;
	return true;
}

static bool holds(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	default:      return a & b;	/* BPF_JSET */
	}
}

/* Whether the known bits decide the result of the comparison. */
static bool decides(uint16_t op, struct value a, struct value b)
{
	uint32_t both = a.known & b.known;
	struct value set = and(a, b);

	if (is_known(a) && is_known(b))
		return true;
	if (op == BPF_JEQ)
		return (a.v & both) != (b.v & both);
	return op == BPF_JSET && (set.v || is_known(set));
}

static struct step ends(struct value answer)
{
	return (struct step){ .ends = true, .answer = answer };
}

static struct step jump(const struct sock_filter *i, size_t pc,
			const struct state *s)
{
	uint16_t op = BPF_OP(i->code);
	struct value b = BPF_SRC(i->code) == BPF_X ? s->x : known(i->k);
	size_t yes = pc + 1 + i->jt, no = pc + 1 + i->jf;

	if (op == BPF_JA)
		return (struct step){ .n_next = 1, .next = { pc + 1 + i->k } };
	if (op != BPF_JEQ && op != BPF_JGT && op != BPF_JGE && op != BPF_JSET)
		return ends(known(SECCOMP_RET_KILL_THREAD));
	if (!decides(op, s->a, b))
		return (struct step){ .n_next = 2, .next = { yes, no } };
	return (struct step){ .n_next = 1,
			      .next = { holds(op, s->a.v, b.v) ? yes : no } };
}

/*
 * Executes an instruction that is neither a jump nor a return. Returns false if
 * the kernel would stop the program here.
 */
static bool move(const struct sock_filter *i, const struct input *in,
		 struct state *s)
{
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return load(in, i->k, &s->a);
	case BPF_LD | BPF_W | BPF_LEN:
		s->a = known(sizeof(*in->data));
		return true;
	case BPF_LDX | BPF_W | BPF_LEN:
		s->x = known(sizeof(*in->data));
		return true;
	case BPF_LD | BPF_IMM:
		s->a = known(i->k);
		return true;
	case BPF_LDX | BPF_IMM:
		s->x = known(i->k);
		return true;
	case BPF_MISC | BPF_TAX:
		s->x = s->a;
		return true;
	case BPF_MISC | BPF_TXA:
		s->a = s->x;
		return true;
	}
	if (BPF_CLASS(i->code) == BPF_ALU)
		return compute(BPF_OP(i->code), &s->a,
			       BPF_SRC(i->code) == BPF_X ? s->x : known(i->k));
	if (i->k >= BPF_MEMWORDS)
		return false;
	switch (i->code) {
	case BPF_LD | BPF_MEM:  s->a = s->mem[i->k]; return true;
	case BPF_LDX | BPF_MEM: s->x = s->mem[i->k]; return true;
	case BPF_ST:            s->mem[i->k] = s->a; return true;
	case BPF_STX:           s->mem[i->k] = s->x; return true;
	default:                return false;
	}
}

static struct step execute(const struct filter *f, size_t pc,
			   const struct input *in, struct state *s)
{
	const struct sock_filter *i = f->code + pc;

	if (i->code == (BPF_RET | BPF_K))
		return ends(known(i->k));
	if (i->code == (BPF_RET | BPF_A))
		return ends(s->a);
	if (BPF_CLASS(i->code) == BPF_JMP)
		return jump(i, pc, s);
	if (!move(i, in, s))
		return ends(known(SECCOMP_RET_KILL_THREAD));
	return (struct step){ .n_next = 1, .next = { pc + 1 } };
}

#define ZERO { 0, UINT32_MAX }
static const struct state start = {
	.a = ZERO, .x = ZERO, .mem = { [0 ... BPF_MEMWORDS - 1] = ZERO },
};
#undef ZERO

static uint32_t run_one(const struct filter *filter,
			const struct seccomp_data *data)
{
	struct seccomp_data all;
	struct input in = { data, &all };
	struct state s = start;
	struct step step;

	memset(&all, 0xff, sizeof(all));
	for (size_t pc = 0; pc < filter->n; pc = step.next[0]) {
		step = execute(filter, pc, &in, &s);
		if (step.ends)
			return step.answer.v;
	}
	return SECCOMP_RET_KILL_THREAD;
}

/* Compares as the kernel does (seccomp_run_filters, kernel/seccomp.c). */
static bool is_stricter(uint32_t a, uint32_t b)
{
	return (int32_t)(a & SECCOMP_RET_ACTION_FULL) <
	       (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}

uint32_t filter_run(const struct filter *filter,
		    const struct seccomp_data *data)
{
	uint32_t answer = run_one(filter, data);

	for (filter = filter->older; filter; filter = filter->older) {
		uint32_t other = run_one(filter, data);

		if (is_stricter(other, answer))
			answer = other;
	}
	return answer;
}

/* The states in which an instruction can be reached. */
struct states {
	struct state *states;
	size_t n;
};

/*
 * The limits of states for one instruction and of steps in total. Filters that
 * compilers make stay far below.
 */
enum { STATES_MAX = 64, STEPS_MAX = 1 << 14 };

/* Returns false if there are too many states. */
static bool states_add(struct states *set, const struct state *s)
{
	for (size_t i = 0; i < set->n; i++)
		if (!memcmp(&set->states[i], s, sizeof(*s)))
			return true;
	if (set->n == STATES_MAX)
		return false;
	set->states = xgrow(set->states, set->n, sizeof(*s));
	set->states[set->n++] = *s;
	return true;
}

static void answers_add(struct filter_answers *answers, struct value answer)
{
	for (size_t i = 0; is_known(answer) && i < answers->n; i++)
		if (answers->actions[i] == answer.v)
			return;
	if (!is_known(answer) || answers->n == N_ELEMENTS(answers->actions))
		answers->more = true;
	else
		answers->actions[answers->n++] = answer.v;
}

static void reach(const struct filter *f, struct states *at, size_t pc,
		  const struct state *s, struct filter_answers *answers)
{
	if (pc >= f->n)
		answers_add(answers, known(SECCOMP_RET_KILL_THREAD));
	else if (!states_add(&at[pc], s))
		answers->more = true;
}

/*
 * Jumps only go forward, so that all states of an instruction are known when
 * `pc` gets there.
 */
static void explore(const struct filter *f, const struct input *in,
		    struct states *at, struct filter_answers *answers)
{
	size_t steps = 0;

	for (size_t pc = 0; pc < f->n; pc++)
		for (size_t i = 0; i < at[pc].n; i++) {
			struct state s = at[pc].states[i];
			struct step step = execute(f, pc, in, &s);

			if (++steps > STEPS_MAX) {
				answers->more = true;
				return;
			}
			if (step.ends)
				answers_add(answers, step.answer);
			for (size_t j = 0; j < step.n_next; j++)
				reach(f, at, step.next[j], &s, answers);
		}
}

/*
 * Runs the program while the known bits decide each jump. Returns false at the
 * first undecided jump.
 */
static bool run_decided(const struct filter *filter, const struct input *in,
			struct value *answer)
{
	struct state s = start;

	*answer = known(SECCOMP_RET_KILL_THREAD);
	for (size_t pc = 0; pc < filter->n;) {
		struct step step = execute(filter, pc, in, &s);

		if (step.n_next > 1)
			return false;
		if (step.ends) {
			*answer = step.answer;
			return true;
		}
		pc = step.next[0];
	}
	return true;
}

static void run_one_known(const struct filter *filter, const struct input *in,
			  struct filter_answers *answers)
{
	struct states *at;
	struct value answer;

	*answers = (struct filter_answers){ .n = 0 };
	if (run_decided(filter, in, &answer)) {
		answers_add(answers, answer);
		return;
	}
	at = xcalloc(filter->n + 1, sizeof(*at));
	reach(filter, at, 0, &start, answers);
	explore(filter, in, at, answers);
	for (size_t pc = 0; pc < filter->n; pc++)
		free(at[pc].states);
	free(at);
}

/* For each pair of answers of the two filters, keeps the stricter one. */
static void answers_join(struct filter_answers *newer,
			 const struct filter_answers *older)
{
	struct filter_answers both = { .more = newer->more || older->more };

	for (size_t i = 0; i < newer->n; i++)
		for (size_t j = 0; j < older->n; j++) {
			uint32_t a = newer->actions[i], b = older->actions[j];

			answers_add(&both, known(is_stricter(b, a) ? b : a));
		}
	*newer = both;
}

void filter_run_known(const struct filter *filter, struct call_id id,
		      const struct argument_value *values, size_t n,
		      struct filter_answers *answers)
{
	struct seccomp_data data = { .nr = id.nr, .arch = id.arch };
	struct seccomp_data bits = { .nr = -1, .arch = UINT32_MAX };
	struct input in = { &data, &bits };
	struct filter_answers older;

	for (size_t i = 0; i < n; i++) {
		data.args[values[i].index] = values[i].value;
		bits.args[values[i].index] = values[i].mask;
	}
	run_one_known(filter, &in, answers);
	while ((filter = filter->older)) {
		run_one_known(filter, &in, &older);
		answers_join(answers, &older);
	}
}

void filter_run_any(const struct filter *filter, struct call_id id,
		    struct filter_answers *answers)
{
	filter_run_known(filter, id, NULL, 0, answers);
}
