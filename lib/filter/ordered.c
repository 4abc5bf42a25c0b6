/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/ordered.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>

#include "base/memory.h"

#define X32_BIT 0x40000000U	/* __X32_SYSCALL_BIT, asm/unistd.h */

/*
 * TO_END stands for a jump to the end of the rule. Such jumps of a comparison
 * are recorded, and patched when the end is known.
 */
enum { JUMPS_MAX = 32, TO_END = 255 };

struct program {
	struct sock_filter *code;
	size_t n;
	struct jump {
		size_t at;
		bool outcome;
	} jumps[JUMPS_MAX];
	size_t n_jumps;
	bool full;
};

static void add(struct program *p, uint16_t code, uint32_t k)
{
	if (p->n == BPF_MAXINSNS) {
		p->full = true;
		return;
	}
	p->code[p->n++] = (struct sock_filter){ code, 0, 0, k };
}

/*
 * Adds a jump that skips `yes` or `no` instructions. TO_END skips to the end of
 * the rule.
 */
static void add_jump(struct program *p, uint16_t op, uint32_t k,
		     unsigned char yes, unsigned char no)
{
	add(p, BPF_JMP | op | BPF_K, k);
	if (p->full)
		return;
	p->code[p->n - 1].jt = yes;
	p->code[p->n - 1].jf = no;
	if (yes == TO_END)
		p->jumps[p->n_jumps++] = (struct jump){ p->n - 1, true };
	if (no == TO_END)
		p->jumps[p->n_jumps++] = (struct jump){ p->n - 1, false };
}

static void end_rule(struct program *p)
{
	for (size_t i = 0; i < p->n_jumps && !p->full; i++) {
		struct sock_filter *code = &p->code[p->jumps[i].at];
		unsigned char over = p->n - p->jumps[i].at - 1;

		*(p->jumps[i].outcome ? &code->jt : &code->jf) = over;
	}
	p->n_jumps = 0;
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, offset);
}

static void load_argument(struct program *p, uint32_t index, bool high)
{
	bool second = high == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

	load(p, offsetof(struct seccomp_data, args[index]) + (second ? 4 : 0));
}

/*
 * Each comparison continues with the next instruction if it holds, and jumps to
 * TO_END if it does not.
 */

static void compare_masked(struct program *p, uint32_t index, bool high,
			   uint32_t mask, uint32_t k)
{
	if (!mask)
		return;
	load_argument(p, index, high);
	if (mask != UINT32_MAX)
		add(p, BPF_ALU | BPF_AND | BPF_K, mask);
	add_jump(p, BPF_JEQ, k & mask, 0, TO_END);
}

static void compare_low(struct program *p, const struct profile_arg *arg)
{
	uint32_t k = arg->value;

	load_argument(p, arg->index, false);
	switch (arg->op) {
	case SCMP_CMP_GT:
		add_jump(p, BPF_JGT, k, 0, TO_END);
		break;
	case SCMP_CMP_GE:
		add_jump(p, BPF_JGE, k, 0, TO_END);
		break;
	case SCMP_CMP_LT:
		add_jump(p, BPF_JGE, k, TO_END, 0);
		break;
	default:	/* SCMP_CMP_LE */
		add_jump(p, BPF_JGT, k, TO_END, 0);
	}
}

/*
 * Compares the upper half. The next two instructions compare the lower half;
 * they are skipped if the upper half decides.
 */
static void compare_high(struct program *p, const struct profile_arg *arg)
{
	enum { OVER_LOW = 2 };
	uint32_t k = arg->value >> 32;

	load_argument(p, arg->index, true);
	switch (arg->op) {
	case SCMP_CMP_GT:
	case SCMP_CMP_GE:
		add_jump(p, BPF_JGT, k, OVER_LOW + 1, 0);
		add_jump(p, BPF_JEQ, k, 0, TO_END);
		break;
	default:	/* SCMP_CMP_LT, SCMP_CMP_LE */
		add_jump(p, BPF_JGT, k, TO_END, 0);
		add_jump(p, BPF_JEQ, k, 0, OVER_LOW);
	}
}

static bool is_whole(uint32_t mask)
{
	return mask == UINT32_MAX;
}

/*
 * A value differs if one of its halves differs. If the upper half differs, the
 * two or three instructions for the lower half are skipped.
 */
static void compare_unequal(struct program *p, uint32_t index, uint64_t mask,
			    uint64_t k, bool wide)
{
	uint32_t high = wide ? mask >> 32 : 0, low = mask;

	if (high) {
		load_argument(p, index, true);
		if (!is_whole(high))
			add(p, BPF_ALU | BPF_AND | BPF_K, high);
		add_jump(p, BPF_JEQ, k >> 32 & high, 0, is_whole(low) ? 2 : 3);
	}
	load_argument(p, index, false);
	if (!is_whole(low))
		add(p, BPF_ALU | BPF_AND | BPF_K, low);
	add_jump(p, BPF_JEQ, k & low, TO_END, 0);
}

static void compare(struct program *p, const struct profile_arg *arg, bool wide)
{
	bool masked = arg->op == SCMP_CMP_MASKED_EQ ||
		      arg->op == PROFILE_CMP_MASKED_NE;
	uint64_t mask = masked ? arg->value : UINT64_MAX;
	uint64_t k = masked ? arg->value_two : arg->value;

	switch (arg->op) {
	case SCMP_CMP_EQ:
	case SCMP_CMP_MASKED_EQ:
		if (wide)
			compare_masked(p, arg->index, true, mask >> 32,
				       k >> 32);
		compare_masked(p, arg->index, false, mask, k);
		break;
	case SCMP_CMP_NE:
	case PROFILE_CMP_MASKED_NE:
		compare_unequal(p, arg->index, mask, k, wide);
		break;
	default:
		if (wide)
			compare_high(p, arg);
		compare_low(p, arg);
	}
}

static void add_answer(struct program *p, uint32_t action)
{
	add(p, BPF_RET | BPF_K, action);
}

/* Adds the rules of one call, after its number was compared. */
static void add_rules(struct program *p, const struct profile_rule *rules,
		      size_t n, uint32_t default_action)
{
	bool wide = arch_is_wide(arch_of_call(rules->id));

	for (size_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < rules[i].n_args; j++)
			compare(p, &rules[i].args[j], wide);
		add_answer(p, rules[i].action);
		end_rule(p);
		if (!rules[i].n_args)
			return;
	}
	add_answer(p, default_action);
}

/* The number must be in the accumulator, and is in it again afterwards. */
static void add_call(struct program *p, const struct profile_rule *rules,
		     size_t n, uint32_t default_action)
{
	size_t over;

	if (!rules->n_args) {
		add_jump(p, BPF_JEQ, rules->id.nr, 0, 1);
		add_answer(p, rules->action);
		return;
	}
	add_jump(p, BPF_JEQ, rules->id.nr, 1, 0);
	over = p->n;
	add(p, BPF_JMP | BPF_JA, 0);
	add_rules(p, rules, n, default_action);
	if (!p->full)
		p->code[over].k = p->n - over - 1;
}

static bool has_arch(const struct profile *p, uint32_t scmp)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i]->scmp == scmp)
			return true;
	return false;
}

/*
 * If the profile has only one of x86_64 and x32, calls of the other one count
 * as those of another architecture. The exception is -1, with which a tracer
 * skips a call.
 */
static void divide_x86_64(struct program *p, const struct profile *profile)
{
	bool plain = has_arch(profile, SCMP_ARCH_X86_64);
	bool x32 = has_arch(profile, SCMP_ARCH_X32);

	if (plain && x32)
		return;
	if (plain) {
		add_jump(p, BPF_JGE, X32_BIT, 0, 3);
		add_jump(p, BPF_JEQ, -1, 0, 1);
		add_answer(p, profile->default_action);
	} else {
		add_jump(p, BPF_JGE, X32_BIT, 1, 0);
	}
	add_answer(p, profile->other_arch_action);
}

/*
 * Adds all calls of an audit architecture. The architecture must be in the
 * accumulator.
 */
static void add_arch(struct program *p, const struct profile *profile,
		     uint32_t audit)
{
	size_t over, n;

	add_jump(p, BPF_JEQ, audit, 1, 0);
	over = p->n;
	add(p, BPF_JMP | BPF_JA, 0);
	load(p, offsetof(struct seccomp_data, nr));
	if (audit == AUDIT_ARCH_X86_64)
		divide_x86_64(p, profile);
	for (size_t i = 0; i < profile->n_rules; i += n) {
		const struct profile_rule *rules = &profile->rules[i];

		for (n = 1; i + n < profile->n_rules; n++)
			if (call_id_compare(&rules->id, &rules[n].id))
				break;
		if (rules->id.arch == audit)
			add_call(p, rules, n, profile->default_action);
	}
	add_answer(p, profile->default_action);
	if (!p->full)
		p->code[over].k = p->n - over - 1;
}

/* The kernel uses one audit architecture for x86_64 and x32. */
static bool is_first_of_audit(const struct profile *p, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (p->archs[i]->audit == p->archs[index]->audit)
			return false;
	return true;
}

struct filter *ordered_compile(const struct profile *profile)
{
	struct program p = {
		.code = xcalloc(BPF_MAXINSNS, sizeof(*p.code)),
	};
	struct filter *f;

	load(&p, offsetof(struct seccomp_data, arch));
	for (size_t i = 0; i < profile->n_archs; i++)
		if (is_first_of_audit(profile, i))
			add_arch(&p, profile, profile->archs[i]->audit);
	add_answer(&p, profile->other_arch_action);
	if (p.full) {
		free(p.code);
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->code = p.code;
	f->n = p.n;
	return f;
}
