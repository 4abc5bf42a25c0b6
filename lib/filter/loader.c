/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/loader.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/systemd-groups.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

struct loader {
	const char *name;
	/*
	 * Whether the loader skips names that the installed libseccomp does not
	 * know. If not, it filters these calls by their numbers.
	 */
	bool library_names;
	/*
	 * `stub`: runc answers ENOSYS for numbers above the largest one that
	 * the profile names. `native_stub`: it does so for this machine's
	 * architecture even if the profile does not list it.
	 */
	bool stub, native_stub;
	/* whether the loader refuses an errno with an action that takes none */
	bool strict_errno;
	/* SystemCallFilter=: a filter for each architecture of the machine */
	bool units;
};

static const struct loader loaders[] = {
	{ .name = "libseccomp" },
	{ .name = "runc", .library_names = true, .stub = true,
	  .native_stub = true },
	/*
	 * The same holds for older releases: pull request 4391 of runc came
	 * later.
	 */
	{ .name = "runc-1.1.14", .library_names = true, .stub = true },
	{ .name = "crun", .library_names = true, .strict_errno = true },
	{ .name = "systemd", .library_names = true, .units = true },
};

const struct loader *loader_by_name(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(loaders); i++)
		if (!strcmp(loaders[i].name, name))
			return &loaders[i];
	return NULL;
}

const struct loader *loader_of(enum profile_form form)
{
	return loader_by_name(form == PROFILE_UNIT ? "systemd" : "libseccomp");
}

bool loader_takes(const struct loader *loader, enum profile_form form)
{
	return form == PROFILE_CONTAINER || !loader->library_names ||
		(form == PROFILE_UNIT && loader->units);
}

bool loader_adds_native(const struct loader *loader)
{
	return loader->library_names;
}

bool loader_refuses_stray_errno(const struct loader *loader)
{
	return loader->strict_errno;
}

/* A list of names without duplicates. */
struct names {
	const char **names;
	size_t n;
};

static void names_add(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->names[i], name))
			return;
	names->names = xgrow(names->names, names->n, sizeof(*names->names));
	names->names[names->n++] = name;
}

/*
 * Appends the reason and the names to the heap text `*problem`, if there are
 * any names.
 */
static void append_names(char **problem, const char *why,
			 const struct names *names)
{
	char *text = *problem;

	for (size_t i = 0; i < names->n; i++) {
		char *longer = xasprintf("%s%s%s%s", text ? text : "",
					 i ? ", " : text ? "; " : "",
					 i ? "" : why, names->names[i]);

		free(text);
		text = longer;
	}
	*problem = text;
}

static bool library_knows(const struct profile_rule *rule)
{
	return !rule->name ||
	       seccomp_syscall_resolve_name(rule->name) != __NR_SCMP_ERROR;
}

/*
 * Returns a copy of the profile without the names that the installed libseccomp
 * does not know.
 */
static struct profile *library_profile(const struct profile *p,
				       char **problem)
{
	struct profile *known = profile_new(p->default_action);
	struct names unknown = { NULL, 0 };

	known->other_arch_action = p->other_arch_action;
	known->native_implied = p->native_implied;
	for (size_t i = 0; i < p->n_archs; i++)
		profile_add_arch(known, p->archs[i]);
	for (size_t i = 0; i < p->n_rules; i++)
		if (library_knows(&p->rules[i]))
			profile_add_rule(known, &p->rules[i]);
		else if (!(p->rules[i].origin & PROFILE_IMPLIED))
			names_add(&unknown, p->rules[i].name);
	append_names(problem,
		     "left out, since the installed libseccomp does not know "
	    "them: ", &unknown);
	free(unknown.names);
	return known;
}

/*
 * Compiles as runc does. Its stub runs before the rest of the filter (runc,
 * libcontainer/seccomp/patchbpf/enosys_linux.go). If the default action is
 * ENOSYS, runc adds no stub, but the answers are the same.
 */

static bool has_stub(const struct profile *p)
{
	uint32_t kind = p->default_action & SECCOMP_RET_ACTION_FULL;

	return kind != SECCOMP_RET_ALLOW && kind != SECCOMP_RET_LOG &&
	       kind != SECCOMP_RET_TRACE;
}

/*
 * Returns the largest number among the calls that the profile names, or 0. The
 * numbers are libseccomp's: it has none for a call that can also be made
 * through socketcall(2) or ipc(2).
 */
static int last_number(const struct profile *p, const struct arch *arch)
{
	int last = 0;

	for (size_t i = 0; i < p->n_rules; i++) {
		const char *name = p->rules[i].name;
		int nr = name ? seccomp_syscall_resolve_name_arch(arch->scmp,
								  name) : 0;

		if (nr > last)
			last = nr;
	}
	return last;
}

static void emit(struct filter *f, uint16_t code, uint32_t k, uint8_t yes,
		 uint8_t no)
{
	f->code = xgrow(f->code, f->n, sizeof(*f->code));
	f->code[f->n++] = (struct sock_filter){ code, yes, no, k };
}

static void emit_stub(struct filter *f, const struct arch *arch, int last)
{
	enum { X32_BIT = 0x40000000 };	/* __X32_SYSCALL_BIT, asm/unistd.h */
	bool has_x32 = arch->scmp == SCMP_ARCH_X86_64 ||
		       arch->scmp == SCMP_ARCH_X32;
	bool is_x32 = arch->scmp == SCMP_ARCH_X32;
	/* setup: on s390x, runc uses unknown numbers above 255 for it */
	bool has_setup = arch->scmp == SCMP_ARCH_S390X;

	emit(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch),
	     0, 0);
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, arch->audit, 0,
	     3 + has_x32 + has_setup);
	emit(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr),
	     0, 0);
	if (has_x32)
		emit(f, BPF_JMP | BPF_JSET | BPF_K, X32_BIT, is_x32 ? 0 : 2,
		     is_x32 ? 2 : 0);
	if (has_setup)
		emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	emit(f, BPF_JMP | BPF_JGT | BPF_K, last, 0, 1);
	emit(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
}

static void prepend_stub(const struct loader *loader, const struct profile *p,
			 struct filter *f)
{
	struct filter whole = { .n = 0 };
	bool skip_first = p->native_implied && !loader->native_stub;

	for (size_t i = skip_first; i < p->n_archs; i++) {
		int last = last_number(p, p->archs[i]);

		if (last)
			emit_stub(&whole, p->archs[i], last);
	}
	for (size_t i = 0; i < f->n; i++)
		emit(&whole, f->code[i].code, f->code[i].k, f->code[i].jt,
		     f->code[i].jf);
	free(f->code);
	f->code = whole.code;
	f->n = whole.n;
}

/*
 * Returns the reason why runc fails to start a container with this profile, or
 * NULL.
 */
static const char *refused(const struct profile *p)
{
	if (p->default_action == SECCOMP_RET_USER_NOTIF)
		return "runc refuses SCMP_ACT_NOTIFY as the default action";
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].action == SECCOMP_RET_USER_NOTIF &&
		    p->rules[i].name && !strcmp(p->rules[i].name, "write"))
			return "runc refuses SCMP_ACT_NOTIFY for write";
	return NULL;
}

/*
 * Compiles as systemd does (src/shared/seccomp-util.c and src/core, 252): keeps
 * the parts of the profile that SystemCallFilter=, SystemCallErrorNumber= and
 * SystemCallArchitectures= can express.
 */

/*
 * Finds systemd's action; killing means the whole process. Returns false if it
 * has no such action.
 */
static bool unit_action(uint32_t action, uint32_t *answer)
{
	*answer = action;
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_THREAD:
		*answer = SECCOMP_RET_KILL_PROCESS;
		return true;
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_ALLOW:
		return true;
	}
	return false;
}

struct unit_rule {
	const char *name;
	uint32_t action;
};

/* A list of names that holds for all architectures. */
struct unit {
	uint32_t default_action;
	struct unit_rule *rules;
	size_t n_rules;
	const struct arch *native;
	/* SystemCallArchitectures=, with its architectures; NULL: not set */
	const struct profile *restricts;
};

/*
 * A name can be in both lists, SystemCallLog= and SystemCallFilter=. The answer
 * that denies then counts.
 */
static void unit_add(struct unit *u, const char *name, uint32_t action)
{
	for (size_t i = 0; i < u->n_rules; i++) {
		struct unit_rule *rule = &u->rules[i];

		if (strcmp(rule->name, name))
			continue;
		if (action_allows(u->default_action) &&
		    action_allows(rule->action) && !action_allows(action))
			rule->action = action;
		return;
	}
	u->rules = xgrow(u->rules, u->n_rules, sizeof(*u->rules));
	u->rules[u->n_rules++] = (struct unit_rule){ name, action };
}

/*
 * Finds the action that a unit's list gives for the rule. Returns false if the
 * list cannot express the rule.
 */
static bool unit_rule(const struct unit *u, const struct profile_rule *rule,
		      uint32_t *action)
{
	if (rule->n_args || !rule->name || !unit_action(rule->action, action))
		return false;
	if (action_allows(u->default_action))
		return *action != u->default_action;
	*action = SECCOMP_RET_ALLOW;
	return action_allows(rule->action);
}

static void unit_fill(struct unit *u, const struct profile *p, char **problem)
{
	struct names left_out = { NULL, 0 };
	uint32_t action;

	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *rule = &p->rules[i];

		if (rule->action == p->default_action)
			continue;
		if (unit_rule(u, rule, &action))
			unit_add(u, rule->name, action);
		else if (rule->name)
			names_add(&left_out, rule->name);
	}
	if (!action_allows(u->default_action))
		for (const char *const *name = systemd_default_calls; *name; name++)
			unit_add(u, *name, SECCOMP_RET_ALLOW);
	append_names(problem,
		     "left out, since a list of names cannot express it: ",
	    &left_out);
	free(left_out.names);
}

/* Whether SystemCallArchitectures= blocks all calls of the architecture. */
static bool is_blocked(const struct unit *u, const struct arch *arch)
{
	const struct profile *p = u->restricts;

	for (size_t i = 0; p && i < p->n_archs; i++)
		if (p->archs[i] == arch)
			return false;
	return p;
}

static void add_name(struct profile *p, const struct arch *arch,
		     const struct unit_rule *unit)
{
	struct profile_rule rule = {
		.name = (char *)unit->name, .action = unit->action,
	};
	int nr = seccomp_syscall_resolve_name_arch(arch->scmp, unit->name);

	/*
	 * libseccomp's pseudo numbers are negative: an architecture has them
	 * for calls that it makes through another call. They cannot have the
	 * x32 bit.
	 */
	if (nr == __NR_SCMP_ERROR || (nr < 0 && arch->scmp == SCMP_ARCH_X32))
		return;
	rule.id = (struct call_id){ arch->audit, nr };
	profile_add_rule(p, &rule);
}

static int compile_arch(const struct unit *u, const struct arch *arch,
			struct filter **filter, char **problem)
{
	struct profile *p = profile_new(u->default_action);
	struct filter *f = NULL;
	int err;

	p->other_arch_action = SECCOMP_RET_ALLOW;
	profile_add_arch(p, arch);
	for (size_t i = 0; i < u->n_rules; i++)
		add_name(p, arch, &u->rules[i]);
	profile_sort(p);
	err = filter_compile(p, &f, problem);
	*filter = filter_join(*filter, f);
	profile_free(p);
	return err;
}

/*
 * Makes the filter that denies calls of architectures that
 * SystemCallArchitectures= does not list. The filter is empty if the machine
 * has no other architecture.
 */
static int compile_restriction(const struct unit *u, struct filter **filter,
			       char **problem)
{
	struct profile *p = profile_new(SECCOMP_RET_ALLOW);
	const struct arch *arch;
	bool blocks = false;
	int err = 0;

	for (size_t i = 0; (arch = arch_at(i)); i++) {
		if (!arch_is_local(arch, u->native))
			continue;
		if (is_blocked(u, arch))
			blocks = true;
		else
			profile_add_arch(p, arch);
	}
	if (blocks)
		err = filter_compile(p, filter, problem);
	profile_free(p);
	return err;
}

static int compile_unit(const struct unit *u, struct filter **filter,
			char **problem)
{
	const struct arch *arch;
	int err = compile_restriction(u, filter, problem);

	for (size_t i = 0; !err && (arch = arch_at(i)); i++)
		if (arch_is_local(arch, u->native) && !is_blocked(u, arch))
			err = compile_arch(u, arch, filter, problem);
	return err;
}

static int unit_compile(const struct profile *p, struct filter **filter,
			char **problem)
{
	struct unit u = { .native = p->archs[0] };
	bool lists_archs = p->n_archs > 1 || !p->native_implied;
	char *refusal = NULL;
	int err;

	*filter = NULL;
	if (!unit_action(p->default_action, &u.default_action)) {
		free(*problem);
		*problem = xstrdup("systemd has no such default action");
		return -EINVAL;
	}
	if (lists_archs && u.default_action != SECCOMP_RET_LOG)
		u.restricts = p;
	unit_fill(&u, p, problem);
	err = compile_unit(&u, filter, &refusal);
	if (err) {
		free(*problem);
		*problem = refusal;
		filter_free(*filter);
		*filter = NULL;
	}
	free(u.rules);
	return err;
}

static int runtime_compile(const struct loader *loader, const struct profile *p,
			   struct filter **filter, char **problem)
{
	const char *refusal = loader->stub ? refused(p) : NULL;
	char *text = refusal ? xstrdup(refusal) : NULL;
	int err = refusal ? -EINVAL : filter_compile(p, filter, &text);

	if (text) {
		free(*problem);
		*problem = text;
	}
	if (!err && loader->stub && has_stub(p))
		prepend_stub(loader, p, *filter);
	return err;
}

int loader_compile(const struct loader *loader, const struct profile *profile,
		  struct filter **filter, char **problem)
{
	struct profile *p;
	int err;

	if (!loader->library_names)
		return filter_compile(profile, filter, problem);
	*problem = NULL;
	p = library_profile(profile, problem);
	err = loader->units && profile->form != PROFILE_UNIT ?
		unit_compile(p, filter, problem) :
		runtime_compile(loader, p, filter, problem);
	profile_free(p);
	return err;
}
