/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filters that firejail 0.9.72 was seen to load (src/fseccomp). Each
 * filters one architecture and allows all calls of others, except that those
 * for x86-64 deny x32.
 */
#include "profile/firejail.h"

#include <ctype.h>
#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "base/memory.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

enum { DEPTH_MAX = 4, RULES_MAX = 1 << 14 };

/* A filter under construction, for one architecture. */
struct target {
	struct reader *reader;
	struct profile *profile;
	const struct arch *arch;
};

static const struct arch *arch_32(void)
{
	return arch_by_name("x86");
}

static void add_archs(struct profile *p, uint32_t scmp)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (arch->scmp == scmp && arch_is_local(arch, arch_native()))
			profile_add_arch(p, arch);
}

static struct target new_target(struct reader *r, const struct arch *arch,
				uint32_t default_action)
{
	struct target t = { r, profile_new(default_action), arch };

	t.profile->form = PROFILE_FIREJAIL;
	t.profile->ordered = true;
	t.profile->other_arch_action = SECCOMP_RET_ALLOW;
	profile_add_arch(t.profile, arch);
	return t;
}

/*
 * Returns a filter that denies some native calls. It does not judge calls of
 * other architectures.
 */
static struct target new_native(struct reader *r, uint32_t action)
{
	struct target t = new_target(r, arch_native(), SECCOMP_RET_ALLOW);

	add_archs(t.profile, SCMP_ARCH_X86);
	add_archs(t.profile, SCMP_ARCH_ARM);
	t.profile->other_arch_action = action;		/* x32 */
	return t;
}

/* Lists of calls. */

static bool add_rule(struct target *t, int32_t nr, uint32_t action,
		     uint32_t origin)
{
	struct profile_rule rule = {
		.id = { t->arch->audit, nr }, .action = action,
		.origin = origin,
	};
	char buf[SYSCALL_NAME_MAX];

	rule.name = (char *)syscall_name(rule.id, buf);
	profile_add_rule(t->profile, &rule);
	return t->profile->n_rules <= RULES_MAX ||
	       refuse(t->reader, "more than %d rules", RULES_MAX);
}

/*
 * Also finds calls that libseccomp only knows as parts of socketcall(2) or
 * ipc(2), though they have numbers of their own.
 */
static bool find_number(const struct arch *arch, const char *name, int32_t *nr)
{
	struct call_id id;
	char buf[SYSCALL_NAME_MAX];

	if (!syscall_number(arch, name, &id)) {
		*nr = id.nr;
		return true;
	}
	for (*nr = 0; *nr < 512; ++*nr) {
		const char *known;

		id = (struct call_id){ arch->audit, *nr };
		known = syscall_name(id, buf);
		if (known && !strcmp(known, name))
			return true;
	}
	return false;
}

/*
 * An item is "name", "name:ERRNO" or "$number". With a "!" before it, it is an
 * exception.
 */
struct item {
	bool except;
	int32_t nr;
	bool known;
	bool has_action;
	uint32_t action;
};

static bool read_number(struct reader *r, const char *text, struct item *item)
{
	char *end;
	unsigned long nr = strtoul(text, &end, 0);

	if (!isdigit((unsigned char)*text) || *end || nr > INT32_MAX)
		return refuse(r, "$%s: not the number of a call", text);
	item->nr = nr;
	item->known = true;
	return true;
}

static bool read_item(struct target *t, char *text, struct item *item)
{
	char *own = strchr(text, ':');

	*item = (struct item){ .except = *text == '!' };
	if (own)
		*own++ = '\0';
	if (own && !firejail_action(own, false, &item->action))
		return refuse(t->reader, "%s:%s: neither kill nor an errno",
			      text, own);
	item->has_action = own;
	text += item->except;
	if (!*text)
		return refuse(t->reader, "an empty name in a list");
	if (*text == '$')
		return read_number(t->reader, text + 1, item);
	item->known = find_number(t->arch, text, &item->nr);
	if (item->except && item->known && !item->nr)
		return refuse(t->reader, "!%s: firejail denies call 0 instead",
			      text);
	return true;
}

typedef bool item_fn(struct target *t, const struct item *item,
		     uint32_t action, uint32_t origin);

static bool for_each(struct target *t, const char *list, unsigned int depth,
		     item_fn *fn, uint32_t action, uint32_t origin);

static bool take_item(struct target *t, char *text, unsigned int depth,
		      item_fn *fn, uint32_t action, uint32_t origin)
{
	const char *group = *text == '@' ? firejail_group(text) : NULL;
	struct item item;
	char *name;
	bool ok;

	if (*text == '@' && (!group || depth == DEPTH_MAX))
		return refuse(t->reader, "%s: firejail 0.9.72 has no such group",
			      text);
	if (group)
		return for_each(t, group, depth + 1, fn, action, origin);
	name = xstrdup(text);
	ok = read_item(t, text, &item);
	if (ok && item.known)
		ok = fn(t, &item, action, origin);
	else if (ok && !depth)
		ok = reader_add_unknown(t->reader, name);
	free(name);
	return ok;
}

/* Calls a function for each item, and skips empty ones. */
static bool for_each(struct target *t, const char *list, unsigned int depth,
		     item_fn *fn, uint32_t action, uint32_t origin)
{
	char *copy = xstrdup(list), *rest = copy, *text;
	bool ok = true;

	while (ok && (text = strsep(&rest, ",")))
		ok = !*text ||
		     take_item(t, text, depth, fn, action, origin);
	free(copy);
	return ok;
}

/*
 * Adds exceptions, and items with an action of their own. They precede all
 * other items.
 */
static bool add_special(struct target *t, const struct item *item,
			uint32_t action, uint32_t origin)
{
	if (item->has_action && !item->except)
		return add_rule(t, item->nr, item->action, origin);
	return !item->except || add_rule(t, item->nr, action, origin);
}

static bool add_plain(struct target *t, const struct item *item,
		      uint32_t action, uint32_t origin)
{
	return item->except || add_rule(t, item->nr, action, origin);
}

static bool add_list(struct target *t, const struct firejail_list *l,
		     uint32_t special, const char *before, uint32_t action)
{
	bool ok = true;

	t->reader->file = l->file;
	t->reader->line = l->line;
	if (l->list && *l->list)
		ok = for_each(t, l->list, 0, add_special, special, 0);
	if (ok && before)
		ok = for_each(t, before, 1, add_plain, action,
			      action == SECCOMP_RET_ALLOW ? PROFILE_IMPLIED :
							    0);
	if (ok && l->list && *l->list)
		ok = for_each(t, l->list, 0, add_plain, action, 0);
	return ok;
}

/* Removes duplicates: both passes over the list note unknown names. */
static void drop_twins(struct profile *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_unknown; i++) {
		bool twin = false;

		for (size_t j = 0; j < n && !twin; j++)
			twin = !strcmp(p->unknown[j], p->unknown[i]);
		if (twin)
			free(p->unknown[i]);
		else
			p->unknown[n++] = p->unknown[i];
	}
	p->n_unknown = n;
}

/* The filters */

static const char *default_list(const struct firejail *f)
{
	return f->allow_debuggers ? "@default" : "@default-nodebuggers";
}

static bool add_keep(struct target *t, const struct firejail *f,
		     const struct firejail_list *list)
{
	return add_list(t, list, f->action, "@default-keep",
			SECCOMP_RET_ALLOW);
}

static bool add_main(struct target *t, const struct firejail *f)
{
	if (f->keep.list)
		return add_keep(t, f, &f->keep);
	if (f->drop.list)
		return add_list(t, &f->drop, SECCOMP_RET_ALLOW, NULL,
				f->action);
	return add_list(t, &f->list, SECCOMP_RET_ALLOW, default_list(f),
			f->action);
}

/* Returns a filter that allows some native calls. */
static struct target new_keep(struct reader *r, uint32_t action)
{
	struct target t = new_target(r, arch_native(), action);

	add_archs(t.profile, SCMP_ARCH_X32);
	return t;
}

/* Filters calls of 32-bit programs on x86-64. */
static bool add_main_32(struct target *t, const struct firejail *f,
			bool *quirk)
{
	bool plain = !f->drop.list && !f->keep.list;

	if (f->seccomp_32 && f->drop.list) {
		t->reader->file = f->list_32.file;
		t->reader->line = f->list_32.line;
		return f->drop_32.list ?
			add_list(t, &f->drop_32, SECCOMP_RET_ALLOW, NULL,
				 f->action) :
			refuse(t->reader, "seccomp.32: firejail fails beside "
			       "seccomp.drop without seccomp.32.drop");
	}
	if (f->seccomp_32 &&
	    ((f->list.list && *f->list.list) ||
	     f->action != (SECCOMP_RET_ERRNO | EPERM)))
		return add_list(t, &f->list_32, SECCOMP_RET_ALLOW,
				default_list(f), f->action);
	*quirk = f->seccomp_32;
	return !(f->seccomp_32 || (f->seccomp && plain)) ||
	       for_each(t, firejail_group("secondary 32"), 1, add_plain,
			f->action, 0);
}

/*
 * Compares the lower half of an argument. firejail does not look at the upper
 * half.
 */
static struct profile_arg low_arg(uint32_t index, int op, uint32_t mask,
				  uint32_t value)
{
	return (struct profile_arg){ index, op, mask, value };
}

static void add_condition(struct target *t, int32_t nr, uint32_t action,
			  struct profile_arg arg)
{
	struct profile_rule rule = {
		.id = { t->arch->audit, nr }, .action = action,
		.args = { arg }, .n_args = 1,
	};
	char buf[SYSCALL_NAME_MAX];

	rule.name = (char *)syscall_name(rule.id, buf);
	profile_add_rule(t->profile, &rule);
}

static void deny_if(struct target *t, const char *name, uint32_t action,
		    struct profile_arg arg)
{
	int32_t nr;

	if (find_number(t->arch, name, &nr))
		add_condition(t, nr, action, arg);
}

/*
 * For seccomp.block-secondary: allows personality(2) only to get the present
 * value, and to set PER_LINUX.
 */
static void add_secondary(struct target *t, const struct firejail *f)
{
	struct profile_rule rule = {
		.action = f->action, .name = "personality",
		.args = { { 0, SCMP_CMP_NE, 0, 0 },
			  { 0, SCMP_CMP_NE, UINT32_MAX, 0 } },
		.n_args = 2,
	};

	/* firejail ignores the action here */
	if (f->keep.list || f->drop.list)
		rule.action = SECCOMP_RET_ERRNO | EPERM;
	t->profile->other_arch_action = rule.action;
	if (!syscall_number(t->arch, "personality", &rule.id))
		profile_add_rule(t->profile, &rule);
}

static void add_write_execute(struct target *t, uint32_t action)
{
	const struct profile_arg both =
		low_arg(2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC,
			PROT_WRITE | PROT_EXEC);
	const struct profile_arg exec =
		low_arg(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);
	bool wide = arch_is_wide(t->arch);
	int32_t nr;

	if (wide)
		deny_if(t, "mmap", action, both);
	else if (find_number(t->arch, "mmap", &nr))
		add_rule(t, nr, action, 0);
	deny_if(t, "mmap2", action, both);
	deny_if(t, "mprotect", action, exec);
	deny_if(t, "pkey_mprotect", action, exec);
	deny_if(t, "shmat", action, low_arg(2, SCMP_CMP_MASKED_EQ, SHM_EXEC,
					    SHM_EXEC));
	if (find_number(t->arch, "memfd_create", &nr))
		add_rule(t, nr, action, 0);
}

static bool namespace_bits(struct reader *r, const char *list, uint32_t *bits)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} all[] = {
		{ "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC },
		{ "net", CLONE_NEWNET }, { "mnt", CLONE_NEWNS },
		{ "pid", CLONE_NEWPID }, { "time", CLONE_NEWTIME },
		{ "user", CLONE_NEWUSER }, { "uts", CLONE_NEWUTS },
	};
	char *copy = xstrdup(list), *rest = copy, *name;
	bool ok = true;

	*bits = 0;
	while (ok && (name = strsep(&rest, ","))) {
		uint32_t before = *bits;

		for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
			if (!strcmp(all[i].name, name))
				*bits |= all[i].bit;
		ok = *bits != before ||
		     refuse(r, "restrict-namespaces: %s: not a namespace", name);
	}
	free(copy);
	return ok;
}

static void add_namespaces(struct target *t, uint32_t bits, uint32_t action)
{
	const uint32_t of_clone = bits & ~CLONE_NEWTIME;
	int32_t nr;

	if (of_clone)
		deny_if(t, "clone", action, low_arg(0, PROFILE_CMP_MASKED_NE,
						    of_clone, 0));
	if (find_number(t->arch, "clone3", &nr))
		add_rule(t, nr, SECCOMP_RET_ERRNO | ENOSYS, 0);
	deny_if(t, "unshare", action, low_arg(0, PROFILE_CMP_MASKED_NE, bits,
					      0));
	deny_if(t, "setns", action, low_arg(1, SCMP_CMP_MASKED_EQ, UINT32_MAX,
					    0));
	deny_if(t, "setns", action, low_arg(1, PROFILE_CMP_MASKED_NE, bits,
					    0));
}

static bool add_extra(struct target *t, const struct firejail *f)
{
	uint32_t bits = 0;

	if (f->namespaces && !namespace_bits(t->reader, f->namespaces, &bits))
		return false;
	for (size_t i = 0; i < t->profile->n_archs; i++) {
		t->arch = t->profile->archs[i];
		if (t->arch != arch_native() && t->arch != arch_32())
			continue;
		if (f->deny_write_execute)
			add_write_execute(t, f->action);
		if (f->namespaces)
			add_namespaces(t, bits, f->action);
	}
	return true;
}

/* Denies socket(2) for all families that are not listed. */
static bool protocol_rule(struct reader *r, const char *list,
			  struct profile_rule *rule)
{
	static const struct {
		const char *name;
		uint32_t family;
	} all[] = {
		{ "unix", 1 }, { "inet", 2 }, { "inet6", 10 },
		{ "netlink", 16 }, { "packet", 17 }, { "bluetooth", 31 },
	};
	char *copy = xstrdup(list), *rest = copy, *name;
	bool ok = true;

	while (ok && (name = strsep(&rest, ","))) {
		size_t i = 0;

		while (i < sizeof(all) / sizeof(*all) &&
		       strcmp(all[i].name, name))
			i++;
		if (i == sizeof(all) / sizeof(*all))
			ok = refuse(r, "protocol: %s: not a protocol of firejail",
				    name);
		else if (rule->n_args < 6)
			rule->args[rule->n_args++] =
				low_arg(0, PROFILE_CMP_MASKED_NE, UINT32_MAX,
					all[i].family);
	}
	free(copy);
	return ok;
}

static bool add_protocol(struct target *t, const struct firejail *f)
{
	struct profile_rule rule = {
		.action = SECCOMP_RET_ERRNO | ENOTSUP, .name = "socket",
	};

	if (!protocol_rule(t->reader, f->protocol, &rule))
		return false;
	for (size_t i = 0; i < t->profile->n_archs; i++) {
		const struct arch *arch = t->profile->archs[i];

		if (arch != arch_native() && arch != arch_32())
			continue;
		rule.id.arch = arch->audit;
		if (find_number(arch, "socket", &rule.id.nr))
			profile_add_rule(t->profile, &rule);
	}
	return true;
}

/* Appends the profile to the chain. */
static void chain(struct profile **all, struct target *t)
{
	while (*all)
		all = &(*all)->next;
	*all = t->profile;
}

/*
 * Makes the filters in firejail's order, the oldest first. If two deny a call
 * in the same way, the newer one's errno counts.
 */
static bool make_filters(struct reader *r, const struct firejail *f,
			 struct profile **all, bool *quirk)
{
	struct target t;
	bool ok = true;

	if (f->deny_write_execute || f->namespaces) {
		t = new_native(r, f->action);
		chain(all, &t);
		ok = add_extra(&t, f);
	}
	/* firejail compiles seccomp.32.keep for the native architecture */
	if (ok && f->keep_32.list) {
		t = new_keep(r, f->action);
		chain(all, &t);
		ok = add_keep(&t, f, &f->keep_32);
	} else if (ok && arch_32() && !f->block_secondary &&
		   (f->seccomp_32 || !(f->keep.list || f->drop.list)) &&
		   (f->seccomp || f->seccomp_32) &&
		   arch_is_local(arch_32(), arch_native())) {
		/*
		 * Put the native filter first, because the workload's calls are
		 * native.
		 */
		t = new_target(r, arch_native(), SECCOMP_RET_ALLOW);
		profile_add_arch(t.profile, arch_32());
		t.arch = arch_32();
		chain(all, &t);
		ok = add_main_32(&t, f, quirk);
	}
	if (ok && f->seccomp) {
		t = f->keep.list ? new_keep(r, f->action) :
				   new_native(r, f->action);
		chain(all, &t);
		ok = add_main(&t, f);
	}
	if (ok && f->block_secondary && f->seccomp) {
		t = new_target(r, arch_native(), SECCOMP_RET_ALLOW);
		chain(all, &t);
		add_secondary(&t, f);
	}
	if (ok && f->protocol) {
		t = new_native(r, f->action);
		chain(all, &t);
		ok = add_protocol(&t, f);
	}
	return ok;
}

bool firejail_filters(struct reader *r, const struct firejail *f)
{
	struct profile *all = NULL, *notes = r->profile;
	bool quirk = false, ok = make_filters(r, f, &all, &quirk);

	if (quirk)
		profile_note(notes, "seccomp.32: firejail uses its default list "
			     "instead, since seccomp has none of its own");
	drop_twins(notes);
	if (all) {
		all->notes = notes->notes;
		all->n_notes = notes->n_notes;
		all->unknown = notes->unknown;
		all->n_unknown = notes->n_unknown;
		notes->notes = notes->unknown = NULL;
		notes->n_notes = notes->n_unknown = 0;
		profile_free(notes);
		r->profile = all;
	}
	return ok;
}
