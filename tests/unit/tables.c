/* SPDX-License-Identifier: Apache-2.0 */
/* Compares tables that were typed by hand with their sources. */
#include <errno.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernel/ability.h"
#include "kernel/danger.h"
#include "kernel/purpose.h"
#include "kernel/signature.h"
#include "kernel/value.h"
#include "profile/landlock.h"
#include "profile/portable.h"

static int failures;

static void check(bool ok, const char *what, const char *where)
{
	if (!ok) {
		fprintf(stderr, "%s: %s\n", where, what);
		failures++;
	}
}

/* The rights are in the order of their bits in linux/landlock.h, from bit 0. */
static const char *const rights[LANDLOCK_KINDS][17] = {
	[LANDLOCK_FS] = {
		"execute", "write_file", "read_file", "read_dir", "remove_dir",
		"remove_file", "make_char", "make_dir", "make_reg",
		"make_sock", "make_fifo", "make_block", "make_sym", "refer",
		"truncate", "ioctl_dev",
	},
	[LANDLOCK_NET] = { "bind_tcp", "connect_tcp" },
	[LANDLOCK_SCOPE] = { "abstract_unix_socket", "signal" },
};

static void check_rights(void)
{
	static const uint64_t all[LANDLOCK_KINDS] = {
		LANDLOCK_FS_ALL, LANDLOCK_NET_ALL, LANDLOCK_SCOPE_ALL
	};

	for (int kind = 0; kind < LANDLOCK_KINDS; kind++) {
		uint64_t seen = 0;

		for (int i = 0; rights[kind][i]; i++) {
			const char *name = rights[kind][i];
			const char *is = landlock_right_name(kind, 1ULL << i);

			check(is && !strcmp(is, name), "has another bit", name);
			seen |= 1ULL << i;
		}
		check(seen == all[kind], "has further rights", "landlock.h");
		check(!landlock_right_name(kind, 1ULL << 40), "has a name",
		      "bit 40");
	}
}

/* Checks the rights that even the oldest headers contain. */
static void check_header(void)
{
#define SAME(right) \
	check((int)LANDLOCK_FS_##right == LANDLOCK_ACCESS_FS_##right, \
	      "differs from linux/landlock.h", #right)
	SAME(EXECUTE);
	SAME(WRITE_FILE);
	SAME(READ_FILE);
	SAME(READ_DIR);
	SAME(REMOVE_DIR);
	SAME(REMOVE_FILE);
	SAME(MAKE_CHAR);
	SAME(MAKE_DIR);
	SAME(MAKE_REG);
	SAME(MAKE_SOCK);
	SAME(MAKE_FIFO);
	SAME(MAKE_BLOCK);
	SAME(MAKE_SYM);
#undef SAME
}

/* Checks the ABI version of each right against landlock(7). */
static void check_abis(void)
{
	static const int fs[] = { 13, 14, 15, 15, 16 }, n = 5;

	for (int abi = 1; abi <= n; abi++)
		check(landlock_known(LANDLOCK_FS, LANDLOCK_FS_ALL, abi) ==
		      (1ULL << fs[abi - 1]) - 1, "wrong rights of an ABI",
		      "files");
	for (int abi = 1; abi <= 7; abi++) {
		check(landlock_known(LANDLOCK_NET, LANDLOCK_NET_ALL, abi) ==
		      (abi < 4 ? 0 : LANDLOCK_NET_ALL),
		      "wrong rights of an ABI", "ports");
		check(landlock_known(LANDLOCK_SCOPE, LANDLOCK_SCOPE_ALL, abi) ==
		      (abi < 6 ? 0 : LANDLOCK_SCOPE_ALL),
		      "wrong rights of an ABI", "scopes");
	}
}

/* Checks that the rows are sorted by rank, and how many each rank has. */
static void check_dangers(void)
{
	static const int wanted[] = { 0, 9, 19, 19 };
	int n[4] = { 0 }, last = 1;
	const struct danger *d;

	for (size_t i = 0; (d = danger_at(i)); i++) {
		check(d->rank >= last && d->rank <= 3, "out of order", d->call);
		last = d->rank;
		n[last < 0 || last > 3 ? 0 : last]++;
	}
	for (int rank = 1; rank <= 3; rank++) {
		char text[64];

		snprintf(text, sizeof(text), "%d rows of rank %d", n[rank],
			 rank);
		check(n[rank] == wanted[rank], text, "danger.c");
	}
}

/*
 * A call of this machine needs a signature if Linux still has it. Arguments of
 * any value must have a text.
 */
static void check_signature(struct call_id id, const char *name,
			    enum subject subject)
{
	const struct signature *s = signature_of(id);
	const uint64_t args[VALUE_ARGS] = {
		UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
		UINT64_MAX,
	};
	FILE *out = fopen("/dev/null", "w");

	check(s || subject == SUBJECT_OLD || id.arch != arch_native()->audit,
	      "has no signature", name);
	check(!s || signature_count(id, s, args) <= VALUE_ARGS,
	      "has too many arguments", name);
	for (unsigned int i = 0; s && i < s->n; i++)
		signature_write(id, s, i, args, out);
	fclose(out);
}

/* A call that only reads must not have an ability that changes something. */
static void check_question(const struct ability *ability, const char *name)
{
	if (!ability || (strncmp(name, "get", 3) && !strstr(name, "_get")))
		return;
	check(strncmp(ability->text, "change", 6) &&
	      strncmp(ability->text, "set ", 4) &&
	      strncmp(ability->text, "leave", 5), "only asks", name);
}

static void check_ability(struct call_id id, const char *name,
			  enum subject subject)
{
	const struct ability *ability;
	size_t n = 0;

	for (size_t i = 0; (ability = ability_at(i)); i++)
		n += ability->calls && text_has_word(ability->calls, name);
	check(n < 2, "has more than one ability", name);
	check(n || subject == SUBJECT_OLD || subject == SUBJECT_KERNEL ||
	      !strcmp(name, "lookup_dcookie"), "has no ability", name);
	check(!ability_of(id) == !n, "is not found", name);
	check_question(ability_of(id), name);
}

/* Every word must be the name of a call. */
static void check_names(const char *at)
{
	struct call_id id;
	char name[64];
	int n;

	for (; at && sscanf(at, " %63s%n", name, &n) == 1; at += n)
		check(syscall_number(arch_native(), name, &id) != -EINVAL,
		      "is not a call", name);
}

static void check_ability_words(const struct ability *ability)
{
	check(ability->text && strlen(ability->text) < 60 &&
	      (!ability->test || strlen(ability->test) < 130),
	      "has no text or a long one", ability->text);
	check_names(ability->calls);
	check_names(ability->other_ways);
}

static void check_abilities(void)
{
	const struct ability *ability;

	for (size_t i = 0; (ability = ability_at(i)); i++)
		check_ability_words(ability);
	check(ability_of_function("getaddrinfo") && !ability_of_function("") &&
	      !ability_of_function("getaddr"), "wrong ability", "functions");
}

/* Checks a number, if it has a name on the architecture. */
static void check_purpose(struct call_id id)
{
	char name[SYSCALL_NAME_MAX];
	const struct purpose *purpose;

	if (!syscall_name(id, name))
		return;
	purpose = purpose_of(id);
	check(purpose->subject != SUBJECT_UNKNOWN, "has no purpose", name);
	check(subject_name(purpose->subject) && strlen(purpose->text) < 70,
	      "has a text that is too long", name);
	check_signature(id, name, purpose->subject);
	check_ability(id, name, purpose->subject);
}

static void check_purposes(void)
{
	enum { NUMBERS = 1024 };
	static const int32_t bases[] = { 0, 0x40000000 /* x32 */,
					 0xf0000 /* of Arm */ };
	const struct arch *arch;

	for (size_t a = 0; (arch = arch_at(a)); a++)
		for (int b = 0; b < 3; b++)
			for (int32_t nr = 0; nr < NUMBERS; nr++)
				check_purpose((struct call_id){
					arch->audit, bases[b] + nr });
}

/* Checks names of values against the headers, and the texts of whole calls. */
static void check_values(void)
{
	static const struct {
		const char *call, *text;
		uint64_t values[3];
		size_t n;
	} rows[] = {
		{ "ioctl", "ioctl(TCGETS)", { 0x5401 }, 1 },
		{ "ioctl", "ioctl(SIOCGIFNAME)", { 0x8910 }, 1 },
		{ "ioctl", "ioctl(2)", { 2 }, 1 },
		{ "prctl", "prctl(PR_SET_NAME)", { 15 }, 1 },
		{ "fcntl", "fcntl(F_DUPFD_CLOEXEC)", { 1030 }, 1 },
		{ "setsockopt", "setsockopt(SOL_SOCKET, SO_REUSEADDR)",
		  { 1, 2 }, 2 },
		{ "setsockopt", "setsockopt(IPPROTO_TCP, TCP_NODELAY)",
		  { 6, 1 }, 2 },
		{ "setsockopt", "setsockopt(0x1234, 1)", { 0x1234, 1 }, 2 },
		{ "socket", "socket(AF_UNIX, SOCK_STREAM)", { 1, 1, 0 }, 3 },
		{ "socket", "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)",
		  { 16, 3, 0 }, 3 },
		{ "socket", "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)",
		  { 2, 2, 17 }, 3 },
		{ "unshare", "unshare(CLONE_NEWUSER|CLONE_NEWNET)",
		  { 0x50000000 }, 1 },
		{ "clone", "clone(no namespace)", { 0 }, 1 },
		{ "mprotect", "mprotect(PROT_EXEC)", { 4 }, 1 },
		{ "kill", "kill(SIGTERM)", { 15 }, 1 },
		{ "bpf", "bpf(BPF_PROG_LOAD)", { 5 }, 1 },
		{ "ptrace", "ptrace(PTRACE_ATTACH)", { 16 }, 1 },
		{ "ioctl", "ioctl(...)", { 0 }, 0 },
		{ "mmap", "mmap(PROT_WRITE)", { 2 }, 1 },
		{ "mmap", "mmap(PROT_WRITE|PROT_EXEC)", { 6 }, 1 },
		{ "mprotect", "mprotect(no PROT_EXEC)", { 0 }, 1 },
		{ "chmod", "chmod(S_ISUID)", { 04000 }, 1 },
		{ "openat", "openat(O_CREAT, no S_ISUID, no S_ISGID)",
		  { 0100, 0 }, 2 },
		{ "shmat", "shmat(SHM_EXEC)", { 0x8000 }, 1 },
		{ "sched_setscheduler", "sched_setscheduler(SCHED_IDLE)",
		  { 5 }, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct argument_value values[3] = { 0 };
		const struct argument_rule *rule;
		struct call_id id;
		char *text;

		if (syscall_number(arch_by_name("x86_64"), rows[i].call, &id))
			check(false, "has no number", rows[i].call);
		rule = argument_rule_of(id);
		for (size_t j = 0; j < rows[i].n; j++)
			values[j] = (struct argument_value){
				rule->arguments[j].index, UINT64_MAX,
				rows[i].values[j] };
		text = call_text(id, values, rows[i].n);
		check(!strcmp(text, rows[i].text), text, rows[i].text);
		free(text);
	}
}

/*
 * Every recorded argument must have a text, for each rule of --args and each
 * other rule.
 */
static void check_texts(void)
{
	const struct argument_rule *rule;

	for (size_t i = 0; (rule = argument_rule_at(i)); i++) {
		struct argument_value values[ARGUMENTS_MAX] = { 0 };
		struct call_id id;
		char *text;

		if (syscall_number(arch_by_name("x86_64"), rule->call, &id))
			continue;
		for (size_t j = 0; j < rule->n; j++)
			values[j] = (struct argument_value){
				rule->arguments[j].index,
				rule->arguments[j].recorded,
				rule->arguments[j].recorded };
		text = call_text(id, values, rule->n);
		check(strchr(text, '('), text, rule->call);
		free(text);
	}
}

/* Every name must be a call, and must add the other calls of its family. */
static void check_portable(void)
{
	const struct portable_family *family;
	struct call_id id;

	for (size_t i = 0; (family = portable_at(i)); i++) {
		check(family->calls[0] && family->calls[1], "has only one call",
		      family->source);
		for (size_t c = 0; family->calls[c]; c++) {
			const char *name = family->calls[c];

			check(syscall_number(arch_native(), name, &id) != -EINVAL,
			      "is not a call", name);
			check(portable_brings(family, name) ==
			      (!c || !family->is_one_way), "brings others",
			      name);
		}
	}
}

int main(void)
{
	check_purposes();
	check_abilities();
	check_values();
	check_texts();
	check_rights();
	check_portable();
	check_header();
	check_abis();
	check_dangers();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
