/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests prove() with filters that libseccomp made, and with the same filters
 * after one instruction was changed. If a change affects an answer, prove()
 * must report a changed answer.
 */
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limit.h"
#include "base/message.h"
#include "filter/filter.h"
#include "filter/prove.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum { ROUNDS = 300, CHANGES = 40, SAMPLES = 200, RULES = 6 };

static const char *const names[] = { "read", "ioctl", "clone", "prctl" };

static uint64_t random_value(void)
{
	static const uint64_t values[] = {
		0, 1, 2, 3, 7, 0x10, 0x5401, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, 0x100000001, 0x7fffffffffffffff,
		0x8000000000000000, 0xffffffffffffffff,
	};

	return values[rand() % N_ELEMENTS(values)] + rand() % 3 - 1;
}

static struct profile_arg random_arg(uint32_t index)
{
	/* the comparisons at the end are the most frequent in policies */
	static const int ops[] = {
		SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_GE,
		SCMP_CMP_GT, SCMP_CMP_MASKED_EQ, SCMP_CMP_MASKED_EQ,
		SCMP_CMP_EQ, SCMP_CMP_EQ, SCMP_CMP_EQ,
	};
	struct profile_arg arg = {
		.index = index, .op = ops[rand() % N_ELEMENTS(ops)],
		.value = random_value(), .value_two = random_value(),
	};

	if (arg.op == SCMP_CMP_MASKED_EQ && !(uint32_t)arg.value)
		arg.value |= 1;
	return arg;
}

static void add_rule(struct profile *p)
{
	struct profile_rule rule = {
		.action = rand() % 4 ? SECCOMP_RET_ALLOW :
			SECCOMP_RET_ERRNO | (rand() % 3 + 2),
	};

	rule.name = (char *)names[rand() % N_ELEMENTS(names)];
	syscall_number(p->archs[rand() % p->n_archs], rule.name, &rule.id);
	for (uint32_t i = 0; i < 3; i++)
		if (rand() % 2)
			rule.args[rule.n_args++] = random_arg(i);
	profile_add_rule(p, &rule);
}

static struct profile *random_profile(void)
{
	static const char *const archs[] = { "x86_64", "x86", "x32" };
	struct profile *p = profile_new(SECCOMP_RET_ERRNO | 1);
	unsigned int chosen = 1 + rand() % 7;

	for (size_t i = 0; i < N_ELEMENTS(archs); i++)
		if (chosen & 1U << i)
			profile_add_arch(p, arch_by_name(archs[i]));
	for (int i = 1 + rand() % RULES; i; i--)
		add_rule(p);
	profile_sort(p);
	return p;
}

static struct seccomp_data random_call(void)
{
	static const char *const archs[] = { "x86_64", "x86", "x32", "arm" };
	const struct arch *arch = arch_by_name(archs[rand() %
						     N_ELEMENTS(archs)]);
	struct seccomp_data data = { .arch = arch->audit };
	struct call_id id;

	syscall_number(arch, names[rand() % N_ELEMENTS(names)], &id);
	data.nr = rand() % 8 ? id.nr : (int)random_value();
	for (size_t i = 0; i < 6; i++)
		data.args[i] = random_value();
	return data;
}

/* Returns whether an answer to one of some random calls differs. */
static bool differ(const struct filter *a, const struct filter *b)
{
	for (int i = 0; i < SAMPLES; i++) {
		struct seccomp_data data = random_call();

		if (filter_run(a, &data) != filter_run(b, &data))
			return true;
	}
	return false;
}

static void change(struct filter *f)
{
	struct sock_filter *i = &f->code[rand() % f->n];
	uint8_t yes = i->jt;

	if (BPF_CLASS(i->code) == BPF_JMP && rand() % 3 == 0) {
		i->jt = i->jf;
		i->jf = yes;
	} else if (BPF_CLASS(i->code) == BPF_JMP && rand() % 2) {
		i->code = BPF_JMP | BPF_K | (1 + rand() % 4) << 4;
	} else if (BPF_CLASS(i->code) == BPF_LD) {
		i->k = (rand() % 14 + 4) % 16 * 4;	/* another field */
	} else {
		i->k ^= 1U << rand() % 32;
	}
}

/* Returns the call in a report: "read on x86 with argument 0 0x1 gets …". */
static struct seccomp_data named_call(const char *text)
{
	struct seccomp_data data = { .nr = 0 };
	char name[64] = "", arch[64] = "";
	struct call_id id = { 0 };
	unsigned int index;
	uint64_t value;

	if (sscanf(text, "call %d of architecture %x", &data.nr,
		   &data.arch) != 2 &&
	    sscanf(text, "%63s on %63s", name, arch) == 2) {
		if (sscanf(name, "syscall_%d", &id.nr) == 1)
			id.arch = arch_by_name(arch)->audit;
		else
			syscall_number(arch_by_name(arch), name, &id);
		data.nr = id.nr;
		data.arch = id.arch;
	}
	while ((text = strstr(text, "argument "))) {
		if (sscanf(text, "argument %u %" SCNx64, &index, &value) == 2)
			data.args[index] = value;
		text++;
	}
	return data;
}

static bool check_change(const struct profile *p, const struct filter *right,
			 struct filter *wrong, unsigned int *found)
{
	char *text = prove(wrong->code, wrong->n, p);
	struct seccomp_data data;
	bool ok = true;

	if (!text && differ(right, wrong)) {
		message_error("prove() did not find a changed answer");
		ok = false;
	} else if (text && strstr(text, " gets ")) {
		++*found;
		data = named_call(text);
		ok = filter_run(right, &data) != filter_run(wrong, &data);
		if (!ok)
			message_error("no change: %s", text);
	}
	free(text);
	return ok;
}

static bool check_changes(const struct profile *p, struct filter *f,
			  unsigned int *found)
{
	struct sock_filter code[BPF_MAXINSNS];
	struct filter wrong = { .code = code, .n = f->n };
	bool ok = true;

	for (int i = 0; i < CHANGES && ok; i++) {
		memcpy(code, f->code, f->n * sizeof(*code));
		change(&wrong);
		ok = check_change(p, f, &wrong, found);
	}
	return ok;
}

/*
 * Returns whether all rules of each call have the same action. Otherwise, a
 * change of the filter might not contradict any rule.
 */
static bool is_clear(const struct profile *p)
{
	for (size_t i = 1; i < p->n_rules; i++)
		if (!call_id_compare(&p->rules[i].id, &p->rules[i - 1].id) &&
		    p->rules[i].action != p->rules[i - 1].action)
			return false;
	return true;
}

static bool check_round(unsigned int seed, unsigned int *found)
{
	struct profile *p;
	struct filter *f = NULL;
	char *problem = NULL;
	bool ok = true;

	srand(seed);
	p = random_profile();
	if (is_clear(p) && !filter_compile(p, &f, &problem))
		ok = check_changes(p, f, found);
	if (!ok)
		message_error("random profile %u: wrong", seed);
	free(problem);
	filter_free(f);
	profile_free(p);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned int found = 0, first = argc > 1 ? atoi(argv[1]) : 1;

	message_init("prove", 1, argv);
	limit_lower(RLIMIT_CPU, 60);
	for (unsigned int i = 0; i < ROUNDS; i++)
		if (!check_round(first + i, &found))
			break;
	if (found < ROUNDS)
		message_error("prove() found only %u changes", found);
	return message_finish();
}
