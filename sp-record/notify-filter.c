/* SPDX-License-Identifier: Apache-2.0 */
#include "notify-filter.h"

#include <string.h>

#include "base/memory.h"

static bool is_one_of(struct call_id id, const char *const *names, size_t n)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	for (size_t i = 0; name && i < n; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

bool notify_is_exec(struct call_id id)
{
	static const char *const names[] = { "execve", "execveat" };

	return is_one_of(id, names, 2);
}

/*
 * Whether to notify even if the call is known. After seccomp and prctl, our
 * filter may not see all calls. After an execve, calls belong to another image;
 * exit_group shows which one it is, if the program makes no other call that
 * notifies. After exit, another thread can get the same id.
 */
static bool is_always_notified(struct call_id id)
{
	static const char *const names[] = { "seccomp", "prctl", "exit_group",
					     "exit" };

	return notify_is_exec(id) || is_one_of(id, names, 4);
}

static void emit(struct filter *f, struct sock_filter instruction)
{
	f->code = xgrow(f->code, f->n, sizeof(*f->code));
	f->code[f->n++] = instruction;
}

static void emit_load(struct filter *f, size_t offset)
{
	emit(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void emit_answer(struct filter *f, uint32_t answer)
{
	emit(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
}

/* Returns how many calls from `at` on have the same architecture. */
static size_t same_arch(const struct known *known, size_t at)
{
	size_t n = 1;

	while (at + n < known->n &&
	       known->ids[at + n].arch == known->ids[at].arch)
		n++;
	return n;
}

/*
 * Compares the architecture and the number with constants, and nothing else.
 * Then the kernel finds out at load time which numbers are always allowed, and
 * never runs the filter for these (since Linux 5.11).
 */
static void emit_allowed(struct filter *f, const struct call_id *ids, size_t n)
{
	size_t allowed = 0;

	for (size_t i = 0; i < n; i++)
		allowed += !is_always_notified(ids[i]);
	emit_load(f, offsetof(struct seccomp_data, arch));
	emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
					     ids->arch, 1, 0));
	emit(f, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
					     2 * allowed + 1));
	emit_load(f, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < n; i++) {
		if (is_always_notified(ids[i]))
			continue;
		emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						     ids[i].nr, 0, 1));
		emit_answer(f, SECCOMP_RET_ALLOW);
	}
}

struct filter *notify_filter(const struct known *known)
{
	struct filter *f = xcalloc(1, sizeof(*f));

	for (size_t i = 0, n; i < known->n; i += n) {
		n = same_arch(known, i);
		emit_allowed(f, known->ids + i, n);
	}
	emit_answer(f, SECCOMP_RET_USER_NOTIF);
	if (f->n <= BPF_MAXINSNS)
		return f;
	filter_free(f);
	return NULL;
}
