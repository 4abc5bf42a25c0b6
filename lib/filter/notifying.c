/* SPDX-License-Identifier: Apache-2.0 */
/* Makes filters that notify us of their denials: filter_notifying(). */
#include "filter/filter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/memory.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* The calls that load a filter. The first argument identifies them. */
static const struct own_load {
	const char *name;
	uint32_t operation;
} own_loads[] = {
	{ "seccomp", SECCOMP_SET_MODE_FILTER },
	{ "prctl", PR_SET_SECCOMP },
};

bool filter_is_own_load(const struct seccomp_data *data)
{
	const struct call_id id = { data->arch, data->nr };
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	for (size_t i = 0; name && i < N_ELEMENTS(own_loads); i++)
		if (!strcmp(name, own_loads[i].name))
			return (uint32_t)data->args[0] ==
			       own_loads[i].operation;
	return false;
}

static void emit(struct filter *f, struct sock_filter instruction)
{
	f->code = xgrow(f->code, f->n, sizeof(*f->code));
	f->code[f->n++] = instruction;
}

static struct sock_filter load_word(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}

/* Skips `skip` instructions unless the accumulator equals `k`. */
static struct sock_filter unless_equal(uint32_t k, uint8_t skip)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0,
					    skip);
}

static size_t first_argument(void)
{
	const uint16_t one = 1;
	bool little_endian = *(const uint8_t *)&one;

	return offsetof(struct seccomp_data, args) + (little_endian ? 0 : 4);
}

static struct sock_filter give(uint32_t answer)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer);
}

/*
 * Compares the argument last. The kernel caches numbers that a filter always
 * allows, and does not run the filter for them; comparing the argument first
 * would prevent that. Afterwards, the registers are as they were before.
 */
static void emit_own_loads(struct filter *f, const struct arch *arch,
			   uint32_t answer)
{
	struct call_id id;

	for (size_t i = 0; i < N_ELEMENTS(own_loads); i++) {
		if (syscall_number(arch, own_loads[i].name, &id))
			continue;
		emit(f, load_word(offsetof(struct seccomp_data, arch)));
		emit(f, unless_equal(id.arch, 5));
		emit(f, load_word(offsetof(struct seccomp_data, nr)));
		emit(f, unless_equal(id.nr, 3));
		emit(f, load_word(first_argument()));
		emit(f, unless_equal(own_loads[i].operation, 1));
		emit(f, give(answer));
	}
}

static struct filter *begin(uint32_t own_load_answer)
{
	struct filter *f = xcalloc(1, sizeof(*f));
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		emit_own_loads(f, arch, own_load_answer);
	emit(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0));
	return f;
}

/* Returns NULL if the program is longer than the kernel accepts. */
static struct filter *finish(struct filter *f)
{
	if (f->n <= BPF_MAXINSNS)
		return f;
	filter_free(f);
	return NULL;
}

/* How the answers of a program are changed. */
struct change {
	bool (*notify)(uint32_t action);
	/* replaces the answers for which `notify` returns true */
	uint32_t notified;
	/* after any other answer, continue behind the program */
	bool goes_on;
};

/* Returns a jump that skips `skip` instructions. */
static struct sock_filter jump_over(uint32_t skip)
{
	return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, skip);
}

static const uint32_t kinds[] = {
	SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
	SECCOMP_RET_ERRNO, SECCOMP_RET_USER_NOTIF, SECCOMP_RET_TRACE,
	SECCOMP_RET_LOG, SECCOMP_RET_ALLOW,
};

/*
 * Changes a computed answer, whose action is only known when the filter runs.
 */
static void emit_computed(struct filter *f, const struct change *c)
{
	emit(f, (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0));
	emit(f, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K,
					     SECCOMP_RET_ACTION_FULL));
	for (size_t left = N_ELEMENTS(kinds); left--; ) {
		emit(f, unless_equal(kinds[left], 2));
		emit(f, (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TXA, 0));
		if (c->notify(kinds[left]))
			emit(f, give(c->notified));
		else if (c->goes_on)
			emit(f, jump_over(3 * left + 1));
		else
			emit(f, (struct sock_filter)
				BPF_STMT(BPF_RET | BPF_A, 0));
	}
	/* Any other action kills the process. */
	emit(f, give(c->notify(SECCOMP_RET_KILL_PROCESS)
		     ? c->notified : SECCOMP_RET_KILL_PROCESS));
}

/*
 * Returns the number of instructions that this takes: 0 if `program` never
 * computes an answer.
 */
static uint32_t computed_size(const struct filter *program)
{
	for (size_t i = 0; i < program->n; i++)
		if (program->code[i].code == (BPF_RET | BPF_A))
			return 3 + 3 * N_ELEMENTS(kinds);
	return 0;
}

/*
 * Jumps are relative, so that instructions can be replaced but not inserted.
 * Code that needs more room goes behind the program.
 */
static void emit_changed(struct filter *f, const struct filter *program,
			 const struct change *c)
{
	uint32_t computed = computed_size(program);

	for (size_t i = 0; i < program->n; i++) {
		const struct sock_filter *from = &program->code[i];
		uint32_t left = program->n - i - 1;

		if (from->code == (BPF_RET | BPF_A))
			emit(f, jump_over(left));
		else if (from->code != (BPF_RET | BPF_K))
			emit(f, *from);
		else if (c->notify(from->k))
			emit(f, give(c->notified));
		else if (c->goes_on)
			emit(f, jump_over(left + computed));
		else
			emit(f, *from);
	}
	if (computed)
		emit_computed(f, c);
}

/*
 * Makes the filter if there is only one program. It also gives the answers of
 * which it does not notify.
 */
static struct filter *watching_one(const struct filter *program,
				   bool (*notify)(uint32_t action))
{
	const struct change c = { notify, SECCOMP_RET_USER_NOTIF, false };
	struct filter *f = begin(SECCOMP_RET_USER_NOTIF);

	emit_changed(f, program, &c);
	return finish(f);
}

/*
 * Returns a program that notifies of the calls of all programs, and allows all
 * other calls.
 */
static struct filter *watching_all(const struct filter *filter,
				   bool (*notify)(uint32_t action))
{
	const struct change c = { notify, SECCOMP_RET_USER_NOTIF, true };
	struct filter *f = begin(SECCOMP_RET_USER_NOTIF);

	for (; filter; filter = filter->older) {
		emit_changed(f, filter, &c);
		emit(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0));
		emit(f, (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0));
	}
	emit(f, give(SECCOMP_RET_ALLOW));
	return finish(f);
}

/*
 * Makes a program without the answers of which watching_all() notifies: it
 * allows these calls. The kernel combines its answers with those of the other
 * programs.
 */
static struct filter *unnotified(const struct filter *program,
				 bool (*notify)(uint32_t action))
{
	const struct change c = { notify, SECCOMP_RET_ALLOW, false };
	struct filter *f = begin(SECCOMP_RET_ALLOW);

	emit_changed(f, program, &c);
	return finish(f);
}

struct filter *filter_notifying(const struct filter *filter,
				bool (*notify)(uint32_t action))
{
	struct filter *all;

	if (!filter->older)
		return watching_one(filter, notify);
	all = watching_all(filter, notify);
	for (; all && filter; filter = filter->older) {
		struct filter *one = unnotified(filter, notify);

		if (one) {
			all = filter_join(one, all);
			continue;
		}
		filter_free(all);
		all = NULL;
	}
	return all;
}
