/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that each setting denies were read from systemd 252 to 257:
 * systemd.exec(5), and seccomp_*() in src/shared/seccomp-util.c.
 */
#include "harden.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/capability.h"
#include "names.h"
#include "protections.h"

#define NEEDS_PRIVILEGES "record with sp-record --privileges"

/*
 * What a recording shows about a setting: no call contradicts it, a call does,
 * or the recording does not tell.
 */
enum finding { PROVED, CONTRADICTED, UNKNOWN };

struct verdict {
	enum finding finding;
	/* the reason for the finding; to be freed */
	char *why;
	/* Lines to write instead of "NAME=yes"; to be freed. NULL: none. */
	char *lines;
};

static struct verdict verdict(enum finding finding, char *why)
{
	return (struct verdict){ finding, why, NULL };
}

/* Settings that depend on arguments of calls. */

/* Some bits of an argument. mask 0 ends a list. */
struct bits {
	uint8_t index;
	uint64_t mask;
};

enum { BITS_MAX = 2, RULES_MAX = 12 };

/* A call that a setting denies, always or for some arguments. */
struct denied_call {
	const char *call;
	/*
	 * The bits that must be known. All 0: the arguments cannot be recorded.
	 */
	struct bits needs[BITS_MAX];
	/*
	 * Whether the call is denied for these values. NULL: the call always
	 * is, or may be.
	 */
	bool (*is_denied)(const uint64_t values[BITS_MAX]);
};

static bool both_bits(const uint64_t values[BITS_MAX])
{
	enum { WRITE_EXECUTE = 6 };	/* PROT_WRITE | PROT_EXEC */

	return values[0] == WRITE_EXECUTE;
}

static bool any_bit(const uint64_t values[BITS_MAX])
{
	return values[0];
}

/* A mode only matters if a file is created. */
static bool makes_with_bit(const uint64_t values[BITS_MAX])
{
	return values[0] && values[1];
}

static bool is_realtime(const uint64_t values[BITS_MAX])
{
	enum { OTHER = 0, BATCH = 3, IDLE = 5 };	/* linux/sched.h */

	return values[0] != OTHER && values[0] != BATCH && values[0] != IDLE;
}

#define INT UINT32_MAX
#define NAMESPACES 0x7e020000	/* CLONE_NEW*: linux/sched.h */
#define SET_IDS 06000		/* S_ISUID | S_ISGID */
#define CREATES 020000100	/* O_CREAT | __O_TMPFILE */

static const struct denied_call memory_calls[] = {
	{ "mmap", { { 2, 6 } }, both_bits },
	{ "mmap2", { { 2, 6 } }, both_bits },
	{ "mprotect", { { 2, 4 } }, any_bit },
	{ "pkey_mprotect", { { 2, 4 } }, any_bit },
	{ "shmat", { { 2, 0x8000 } }, any_bit },	/* SHM_EXEC */
	{ "ipc", { { 0 } }, NULL },	/* shmat(2) of 32-bit x86 */
	{ 0 }
};
static const struct denied_call namespace_calls[] = {
	{ "clone", { { 0, NAMESPACES } }, any_bit },
	{ "unshare", { { 0, NAMESPACES } }, any_bit },
	{ "setns", { { 0 } }, NULL },
	{ 0 }
};
static const struct denied_call personality_calls[] = {
	{ "personality", { { 0, INT } }, any_bit }, { 0 }
};
static const struct denied_call realtime_calls[] = {
	{ "sched_setscheduler", { { 1, INT } }, is_realtime },
	{ "sched_setattr", { { 0 } }, NULL },
	{ 0 }
};
static const struct denied_call mode_calls[] = {
	{ "chmod", { { 1, SET_IDS } }, any_bit },
	{ "fchmod", { { 1, SET_IDS } }, any_bit },
	{ "fchmodat", { { 2, SET_IDS } }, any_bit },
	{ "fchmodat2", { { 2, SET_IDS } }, any_bit },
	{ "mkdir", { { 1, SET_IDS } }, any_bit },
	{ "mkdirat", { { 2, SET_IDS } }, any_bit },
	{ "mknod", { { 1, SET_IDS } }, any_bit },
	{ "mknodat", { { 2, SET_IDS } }, any_bit },
	{ "creat", { { 1, SET_IDS } }, any_bit },
	{ "open", { { 1, CREATES }, { 2, SET_IDS } }, makes_with_bit },
	{ "openat", { { 2, CREATES }, { 3, SET_IDS } }, makes_with_bit },
	{ "openat2", { { 0 } }, NULL },
	{ 0 }
};

static bool have_all(const struct trace *t, const char *how)
{
	for (size_t i = 0; i < t->n_runs; i++)
		if (!run_has_how(t->runs[i], how))
			return false;
	return t->n_runs;
}

static struct verdict unknown(const struct trace *t, const char *call)
{
	return verdict(UNKNOWN, xasprintf("not all arguments of %s are known%s",
					  call, have_all(t, "privileges") ?
					  "" : "; " NEEDS_PRIVILEGES));
}

static bool has_name(const struct fact *fact, const char *name)
{
	char buf[SYSCALL_NAME_MAX];

	return !strcmp(syscall_label(fact->id, buf), name);
}

static uint64_t count_calls(const struct trace *t, const char *name)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->calls.n; i++)
		if (has_name(t->calls.at[i], name))
			n = count_add(n, fact_count(t->calls.at[i]));
	return n;
}

bool harden_allows_denied(const struct emit *emit, const char *call)
{
	const struct trace *t = emit->trace;

	for (size_t i = 0; emit->allow_denied && i < t->denials.n; i++)
		if (has_name(t->denials.at[i], call))
			return true;
	return false;
}

static struct verdict denied(const char *call)
{
	return verdict(UNKNOWN, xasprintf("arguments of %s, which was denied, "
					  "are not recorded", call));
}

/*
 * Takes the needed bits from a fact. Returns false if the recording lacks some
 * of them.
 */
static bool take_bits(const struct fact *fact, const struct denied_call *d,
		      uint64_t values[BITS_MAX])
{
	struct argument_value known[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(fact, known);

	for (size_t i = 0; i < BITS_MAX && d->needs[i].mask; i++) {
		size_t k = 0;

		while (k < n && known[k].index != d->needs[i].index)
			k++;
		if (k == n || d->needs[i].mask & ~known[k].mask)
			return false;
		values[i] = known[k].value & d->needs[i].mask;
	}
	return true;
}

static struct verdict judge_values(const struct trace *t,
				   const struct fact *fact,
				   const struct denied_call *d)
{
	struct argument_value known[ARGUMENT_VALUES_MAX];
	uint64_t values[BITS_MAX] = { 0 };
	struct verdict v;
	char *text;

	if (!take_bits(fact, d, values))
		return unknown(t, d->call);
	if (!d->is_denied(values))
		return verdict(PROVED, NULL);
	text = argument_text(fact->id, known, argument_values(fact, known));
	v = verdict(CONTRADICTED, xasprintf("%s was called with %s", d->call,
					    text));
	free(text);
	return v;
}

static struct verdict judge_call(const struct emit *emit,
				 const struct denied_call *d)
{
	const struct trace *t = emit->trace;
	struct verdict v = { PROVED, NULL, NULL };

	if (harden_allows_denied(emit, d->call))
		return denied(d->call);
	if (!count_calls(t, d->call))
		return v;
	if (!d->is_denied)
		return verdict(CONTRADICTED, xasprintf("%s was called, and "
						       "its arguments cannot "
						       "be known", d->call));
	for (size_t i = 0; v.finding == PROVED && i < t->arguments.n; i++)
		if (has_name(t->arguments.at[i], d->call))
			v = judge_values(t, t->arguments.at[i], d);
	return v.finding == PROVED && args_unknown(t, d->call) ?
		unknown(t, d->call) : v;
}

/*
 * Returns "of 12 calls of mmap, mprotect, none …", with an act that no call did
 * (`none`), such as "asks for a realtime policy".
 */
static char *evidence(const struct trace *t, const struct denied_call *d,
		      const char *none)
{
	char *made = NULL, *all = NULL, *text;
	uint64_t n = 0;

	for (; d->call; d++) {
		n += count_calls(t, d->call);
		text_append(&all, ", ", d->call);
		if (count_calls(t, d->call))
			text_append(&made, ", ", d->call);
	}
	text = made ? xasprintf("of %" PRIu64 " call%s of %s, none %s", n,
				n == 1 ? "" : "s", made, none) :
		xasprintf("no calls of %s", all);
	free(made);
	free(all);
	return text;
}

static struct verdict judge_calls(const struct emit *emit,
				  const struct denied_call *calls,
				  const char *none)
{
	for (const struct denied_call *d = calls; d->call; d++) {
		struct verdict v = judge_call(emit, d);

		if (v.finding != PROVED)
			return v;
	}
	return verdict(PROVED, evidence(emit->trace, calls, none));
}

static struct verdict judge_memory(const struct emit *emit)
{
	return judge_calls(emit, memory_calls, "asks for memory that can be "
			   "written and executed");
}

static struct verdict judge_personality(const struct emit *emit)
{
	return judge_calls(emit, personality_calls, "asks for another "
			   "personality");
}

static struct verdict judge_realtime(const struct emit *emit)
{
	return judge_calls(emit, realtime_calls, "asks for a realtime policy");
}

static struct verdict judge_modes(const struct emit *emit)
{
	return judge_calls(emit, mode_calls, "has a set-user-ID or "
			   "set-group-ID bit");
}

/* These settings depend on data that only --privileges records. */

static const struct fact *find_namespaces(const struct trace *t)
{
	for (size_t i = 0; i < t->privileges.n; i++)
		if (privilege_of(t->privileges.at[i]) ==
		    PRIVILEGE_OF_NAMESPACES)
			return t->privileges.at[i];
	return NULL;
}

static struct verdict judge_namespaces(const struct emit *emit)
{
	const struct trace *t = emit->trace;
	const struct fact *made = find_namespaces(t);
	uint64_t by_clone3 = count_calls(t, "clone3");
	char buf[SYSCALL_NAME_MAX];
	struct verdict v = judge_calls(emit, namespace_calls,
				       "names a namespace");

	if (v.finding != PROVED)
		return v;
	if (harden_allows_denied(emit, "clone3")) {
		free(v.why);
		return denied("clone3");
	}
	if (made || (by_clone3 && !have_all(t, "privileges"))) {
		free(v.why);
		return made ? verdict(CONTRADICTED, xasprintf(
			"%s made a task in other namespaces",
			syscall_label(made->id, buf))) :
			verdict(UNKNOWN, xstrdup(
			"the flags of clone3 were not recorded; "
			NEEDS_PRIVILEGES));
	}
	if (by_clone3) {
		char *more = xasprintf("of %" PRIu64 " call%s of clone3, none "
				       "made a task in other namespaces",
				       by_clone3, by_clone3 == 1 ? "" : "s");

		text_append(&v.why, "; ", more);
		free(more);
	}
	return v;
}

bool harden_needs_clone(const struct emit *emit)
{
	struct verdict v = judge_namespaces(emit);

	free(v.why);
	return v.finding == PROVED && !emit->partial &&
		count_calls(emit->trace, "clone3");
}

/*
 * If clone3 is denied, a C library uses clone(2) instead, so the profile must
 * allow clone(2).
 */
static struct verdict judge_namespaces_and_clone(const struct emit *emit)
{
	struct verdict v = judge_namespaces(emit);

	if (v.finding != PROVED || !count_calls(emit->trace, "clone3"))
		return v;
	for (size_t i = 0; i < emit->profile->n_rules; i++)
		if (emit->profile->rules[i].name &&
		    !strcmp(emit->profile->rules[i].name, "clone"))
			return v;
	free(v.why);
	return verdict(UNKNOWN, xstrdup("clone, to which a C library falls "
					"back from clone3, is left out by "
					"--exact or --no-runtime"));
}

/*
 * Returns the path of an executed program that gains privileges at the exec, or
 * NULL. The caller frees it.
 */
static char *find_privileged(const struct trace *t)
{
	for (size_t i = 0; i < t->paths.n; i++) {
		char *path, *text;

		if (!(t->paths.at[i]->id.nr & NAME_PRIVILEGED))
			continue;
		path = path_of_fact(t->paths.at[i]);
		text = text_printable(path);
		free(path);
		return text;
	}
	return NULL;
}

static struct verdict judge_gains(const struct emit *emit)
{
	char *path = find_privileged(emit->trace), *why;

	if (!have_all(emit->trace, "privileges") && !path)
		return verdict(UNKNOWN, xstrdup(
			"the recording does not show whether it executed "
			"programs that gain privileges; "
			NEEDS_PRIVILEGES));
	if (!path)
		return verdict(PROVED, xstrdup("no program was executed that "
					       "is set-user-ID or "
					       "set-group-ID or has "
					       "capabilities"));
	why = xasprintf("%s gains privileges when it is executed", path);
	free(path);
	return verdict(CONTRADICTED, why);
}

/*
 * Returns the distinct calls that used a capability; the caller frees the text.
 */
static char *calls_of(const struct trace *t, uint32_t capability)
{
	struct fact **facts = facts_by_id(&t->privileges);
	char *list = NULL, buf[SYSCALL_NAME_MAX], last[SYSCALL_NAME_MAX] = "";

	for (struct fact **f = facts; *f; f++) {
		uint32_t what = privilege_of(*f);
		const char *name = (*f)->id.nr < 0 ? "no call" :
			syscall_label((*f)->id, buf);

		if (what == PRIVILEGE_OF_NAMESPACES ||
		    (what & PRIVILEGE_CAPABILITY) != capability ||
		    !strcmp(name, last))
			continue;
		text_append(&list, ", ", name);
		snprintf(last, sizeof(last), "%s", name);
	}
	free(facts);
	return list;
}

/*
 * Returns a bit for each used capability: only for those of the ambient set, or
 * for all.
 */
static uint64_t used_capabilities(const struct trace *t, bool ambient)
{
	uint64_t used = 0;

	for (size_t i = 0; i < t->privileges.n; i++) {
		uint32_t what = privilege_of(t->privileges.at[i]);

		if (what != PRIVILEGE_OF_NAMESPACES &&
		    (!ambient || what & PRIVILEGE_IS_AMBIENT))
			used |= 1ULL << (what & PRIVILEGE_CAPABILITY);
	}
	return used;
}

/*
 * Adds "SETTING=\nSETTING=CAP_…\n". The first line removes the capabilities
 * that the unit file lists.
 */
static void add_setting(char **lines, const char *setting, uint64_t set)
{
	char *list = NULL, *text, buf[CAPABILITY_NAME_MAX];

	for (uint32_t i = 0; i <= PRIVILEGE_CAPABILITY; i++)
		if (set >> i & 1)
			text_append(&list, " ", capability_name(i, buf));
	text = list ? xasprintf("%s=\n%s=%s\n", setting, setting, list) :
		xasprintf("%s=\n", setting);
	text_append(lines, "", text);
	free(text);
	free(list);
}

static char *capability_evidence(const struct trace *t, uint64_t used)
{
	char *text = NULL, buf[CAPABILITY_NAME_MAX];

	for (uint32_t i = 0; i <= PRIVILEGE_CAPABILITY; i++) {
		char *calls = used >> i & 1 ? calls_of(t, i) : NULL, *one;

		if (!calls)
			continue;
		one = xasprintf("%s in %s", capability_name(i, buf), calls);
		text_append(&text, "; ", one);
		free(one);
		free(calls);
	}
	return text ? text : xstrdup("no capability was used");
}

static bool is_blind(const struct trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++)
		if (run_is_blind(t->runs[i], RUN_BLIND_CAPABILITIES))
			return true;
	return false;
}

static struct verdict judge_capabilities(const struct emit *emit)
{
	const struct trace *t = emit->trace;
	uint64_t used = used_capabilities(t, false), lost = 0;
	char *path = find_privileged(t);
	struct verdict v;

	for (size_t i = 0; i < t->n_runs; i++)
		lost |= run_lost(t->runs[i], "privilege");
	if (!have_all(t, "privileges"))
		v = verdict(UNKNOWN, xstrdup("capabilities were not recorded; "
					     NEEDS_PRIVILEGES));
	else if (is_blind(t))
		v = verdict(UNKNOWN, xstrdup("the kernel did not show which "
					     "capabilities were used; record "
					     "with Linux 6.14 or newer"));
	else if (lost)
		v = verdict(UNKNOWN, xstrdup("uses of capabilities were lost; "
					     "record again"));
	else if (path)
		v = verdict(UNKNOWN, xasprintf("%s was executed, which may "
					       "need capabilities to start",
					       path));
	else
		v = verdict(PROVED, capability_evidence(t, used));
	if (v.finding == PROVED) {
		add_setting(&v.lines, "CapabilityBoundingSet", used);
		add_setting(&v.lines, "AmbientCapabilities",
			    used_capabilities(t, true));
	}
	free(path);
	return v;
}

static const struct {
	const char *name;
	struct verdict (*judge)(const struct emit *emit);
} settings[] = {
	{ "CapabilityBoundingSet", judge_capabilities },
	{ "NoNewPrivileges", judge_gains },
	{ "RestrictNamespaces", judge_namespaces_and_clone },
	{ "MemoryDenyWriteExecute", judge_memory },
	{ "LockPersonality", judge_personality },
	{ "RestrictRealtime", judge_realtime },
	{ "RestrictSUIDSGID", judge_modes },
};

static void write_setting(const char *name, const struct verdict *v, FILE *out)
{
	char *text = xasprintf(v->finding == PROVED ? "%s=: %s." :
			       "%s= is left out: %s.", name, v->why);

	write_comment(text, "# ", out);
	free(text);
	if (v->finding == UNKNOWN)
		message_note("--harden: %s= is left out: %s", name, v->why);
	else if (v->finding == PROVED && v->lines)
		fputs(v->lines, out);
	else if (v->finding == PROVED)
		fprintf(out, "%s=yes\n", name);
}

void write_harden(const struct emit *emit, FILE *out)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct verdict v = settings[i].judge(emit);

		write_setting(settings[i].name, &v, out);
		free(v.lines);
		free(v.why);
	}
}
