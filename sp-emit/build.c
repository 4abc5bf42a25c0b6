/* SPDX-License-Identifier: Apache-2.0 */
#include "build.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/portable.h"

static bool has_arch(const struct profile *p, const struct arch *arch)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i] == arch)
			return true;
	return false;
}

static void add(struct profile *p, struct call_id id, uint32_t action,
		uint32_t origin)
{
	char buf[SYSCALL_NAME_MAX];
	struct profile_rule rule = {
		.id = id,
		.name = (char *)syscall_name(id, buf),
		.action = action,
		.origin = origin,
	};

	profile_add_rule(p, &rule);
}

bool build_leaves_out(struct call_id id, unsigned int flags)
{
	return flags & FORMAT_STRICT && syscall_linux(id) &&
	       group_is_kernel(id);
}

static void allow_observed(struct profile *p, struct call_id id,
			   unsigned int flags)
{
	const struct arch *arch = arch_of_call(id);

	if (id.nr < 0 || build_leaves_out(id, flags))
		return;
	if (!has_arch(p, arch))
		profile_add_arch(p, arch);
	add(p, id, SECCOMP_RET_ALLOW, PROFILE_OBSERVED);
}

static bool is_programs(const struct fact *call, void *arg)
{
	(void)arg;
	return !fact_is_initial(call);
}

/*
 * Adds the observed calls. If a program loads its profile itself, the execve
 * that started it is not needed.
 */
static void add_observed(struct profile *p, const struct trace *t,
			 unsigned int flags)
{
	size_t n;
	struct call_total *totals = trace_totals(t, flags & FORMAT_BEFORE ?
						 NULL : is_programs, NULL, &n);

	for (size_t i = 0; i < n; i++)
		allow_observed(p, totals[i].id, flags);
	free(totals);
}

static struct profile_rule *find(struct profile *p, struct call_id id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (!call_id_compare(&p->rules[i].id, &id))
			return &p->rules[i];
	return NULL;
}

static void add_denied_as_observed(struct profile *p, const struct trace *t,
				   unsigned int flags)
{
	for (size_t i = 0; i < t->denials.n; i++)
		if (!find(p, t->denials.at[i]->id))
			allow_observed(p, t->denials.at[i]->id, flags);
}

/*
 * Returns the most frequent answer among the next facts, as far as they are of
 * one call, and advances `*at` past them.
 */
static int32_t usual_answer(struct fact ***at)
{
	struct call_id id = (**at)->id;
	int32_t answer = 0;
	uint64_t most = 0;

	for (; **at && !call_id_compare(&(**at)->id, &id); ++*at)
		if (fact_count(**at) > most) {
			most = fact_count(**at);
			answer = (**at)->answer;
		}
	return answer;
}

/*
 * Whether the name has a rule on another architecture: a single list of names
 * cannot both allow and deny a name.
 */
static bool is_allowed_elsewhere(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].name && !strcmp(p->rules[i].name, name))
			return true;
	return false;
}

static void deny_denied(struct profile *p, struct call_id id, int32_t answer,
			bool one_list)
{
	uint32_t action = SECCOMP_RET_ERRNO | (-answer & SECCOMP_RET_DATA);
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	if (answer < 0 && action != p->default_action && name && id.nr >= 0 &&
	    has_arch(p, arch_of_call(id)) && !find(p, id) &&
	    !(one_list && is_allowed_elsewhere(p, name)))
		add(p, id, action, PROFILE_DENIED);
}

static void add_denied(struct profile *p, const struct trace *t,
		       bool one_list)
{
	struct fact **denials = facts_by_id(&t->denials), **next = denials;

	while (*next) {
		struct call_id id = (*next)->id;

		deny_denied(p, id, usual_answer(&next), one_list);
	}
	free(denials);
}

/* Allows the call, or adds a reason to it. A denied call stays denied. */
static void allow(struct profile *p, struct call_id id, uint32_t origin)
{
	struct profile_rule *rule = find(p, id);

	if (rule)
		rule->origin |= origin;
	else
		add(p, id, SECCOMP_RET_ALLOW, origin);
}

static void deny(struct profile *p, struct call_id id, uint32_t origin)
{
	if (!find(p, id))
		add(p, id, SECCOMP_RET_ERRNO | ENOSYS, origin);
}

/*
 * Whether the loader of the profile knows the name. The loader may be older
 * than the kernel, and refuse the whole list for an unknown name.
 */
static bool is_loadable(struct call_id id, unsigned int flags)
{
	return flags & FORMAT_STRICT ? !syscall_linux(id) :
		syscall_in_library(id);
}

static void add_member(struct profile *p, const struct build *b,
		       const struct group_member *m, const struct arch *arch)
{
	struct call_id id;

	if (syscall_number(arch, m->call, &id) ||
	    !group_find(&b->choice, m->group, id) ||
	    (!is_loadable(id, b->flags) && !find(p, id)))
		return;
	if (m->group == GROUP_FALLBACK)
		deny(p, id, 1U << m->group);
	else
		allow(p, id, 1U << m->group);
}

/*
 * A program works without a call that gets ENOSYS, but perhaps not without one
 * that gets EPERM. If the format cannot give a call an errno of its own, such a
 * call is allowed: it will get ENOSYS from the kernel, as it did during the
 * recording.
 */
static void allow_missing(struct profile *p, const struct trace *t,
			  unsigned int flags)
{
	struct fact **denials = facts_by_id(&t->denials), **next = denials;
	char buf[SYSCALL_NAME_MAX];

	while (*next) {
		struct call_id id = (*next)->id;

		if (usual_answer(&next) == -ENOSYS && !find(p, id) &&
		    has_arch(p, arch_of_call(id)) && syscall_name(id, buf) &&
		    is_loadable(id, flags))
			add(p, id, SECCOMP_RET_ALLOW, PROFILE_DENIED);
	}
	free(denials);
}

static void add_group(struct profile *p, const struct build *b,
		      enum group group)
{
	const struct group_member *m;

	for (size_t i = 0; (m = group_member_at(i)); i++)
		for (size_t a = 0; m->group == group && a < p->n_archs; a++)
			add_member(p, b, m, p->archs[a]);
}

static bool is_observed(struct profile *p, struct call_id id)
{
	const struct profile_rule *rule = find(p, id);

	return rule && rule->origin & PROFILE_OBSERVED;
}

/* Adds the other calls of a family, if the program made one of them. */
static void add_family(struct profile *p, const struct build *b,
		       const struct portable_family *family,
		       const struct arch *arch)
{
	bool has = false;
	struct call_id id;

	for (size_t i = 0; i < p->n_rules; i++)
		has |= p->rules[i].origin & PROFILE_OBSERVED &&
			p->rules[i].name && arch_of_call(p->rules[i].id) == arch &&
			portable_brings(family, p->rules[i].name);
	for (size_t i = 0; has && family->calls[i]; i++)
		if (!syscall_number(arch, family->calls[i], &id) &&
		    id.nr >= 0 && is_loadable(id, b->flags) &&
		    !is_observed(p, id))
			allow(p, id, 1U << GROUP_PORTABLE);
}

static void add_portable(struct profile *p, const struct build *b)
{
	const struct portable_family *family;

	for (size_t i = 0; b->choice.wanted[GROUP_PORTABLE] &&
	     (family = portable_at(i)); i++)
		for (size_t a = 0; a < p->n_archs; a++)
			add_family(p, b, family, p->archs[a]);
}

/*
 * Allows names on all architectures, because the format has one list for all.
 */
static void add_union(struct profile *p)
{
	size_t n = p->n_rules;
	struct call_id id;

	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a < p->n_archs; a++)
			if (p->archs[a] != arch_of_call(p->rules[i].id) &&
			    !syscall_number(p->archs[a], p->rules[i].name,
					    &id) && !find(p, id))
				add(p, id, SECCOMP_RET_ALLOW, ORIGIN_UNION);
}

bool build_allows_missing(const struct build *b)
{
	return !(b->flags & FORMAT_ERRNO) &&
		!action_allows(b->default_action) &&
		b->default_action != (SECCOMP_RET_ERRNO | ENOSYS) &&
		!b->deny_denied && !b->allow_denied;
}

static void add_local_archs(struct profile *p, const struct arch *native)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (arch_is_local(arch, native))
			profile_add_arch(p, arch);
}

struct profile *build_profile(const struct trace *t, const struct build *b)
{
	struct profile *p = profile_new(b->default_action);

	p->other_arch_action = b->default_action;
	profile_add_arch(p, b->choice.native);
	add_observed(p, t, b->flags);
	if (b->flags & FORMAT_LOCAL)
		add_local_archs(p, b->choice.native);
	if (b->allow_denied)
		add_denied_as_observed(p, t, b->flags);
	for (int group = 0; group < GROUP_FALLBACK; group++)
		add_group(p, b, group);
	add_portable(p, b);
	if (b->flags & FORMAT_ONE_LIST && p->n_archs > 1)
		add_union(p);
	if (b->flags & FORMAT_ERRNO && !action_allows(b->default_action))
		add_denied(p, t, b->flags & FORMAT_ONE_LIST);
	if (build_allows_missing(b))
		allow_missing(p, t, b->flags);
	add_group(p, b, GROUP_FALLBACK);
	profile_sort(p);
	return p;
}

size_t profile_gain(const struct profile *p, const struct arch *arch)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		n += p->rules[i].origin == ORIGIN_UNION &&
		     arch_of_call(p->rules[i].id) == arch &&
		     (!i || call_id_compare(&p->rules[i - 1].id,
					    &p->rules[i].id));
	return n;
}

static int by_action(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t *rule_actions(const struct profile *p, size_t *n)
{
	uint32_t *actions = xcalloc(p->n_rules, sizeof(*actions));
	size_t kept = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		actions[i] = p->rules[i].action;
	qsort(actions, p->n_rules, sizeof(*actions), by_action);
	for (size_t i = 0; i < p->n_rules; i++)
		if (!i || actions[i] != actions[i - 1])
			actions[kept++] = actions[i];
	*n = kept;
	return actions;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **names_with_action(const struct profile *p, uint32_t action,
			       size_t *n)
{
	const char **names = xcalloc(p->n_rules, sizeof(*names));
	size_t used = 0, kept = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].action == action && !p->rules[i].n_args)
			names[used++] = p->rules[i].name;
	qsort(names, used, sizeof(*names), by_name);
	for (size_t i = 0; i < used; i++)
		if (!kept || strcmp(names[kept - 1], names[i]))
			names[kept++] = names[i];
	*n = kept;
	return names;
}

enum { NAME_MAX_LENGTH = 63 };	/* the limit of RFC 1123 for a label */

char *profile_name(const struct trace *t)
{
	const char *from = t->n_runs == 1 && t->runs[0]->name ?
		t->runs[0]->name : "sandprint";
	char *name = xcalloc(NAME_MAX_LENGTH + 1, 1);
	size_t n = 0;

	for (; *from && n < NAME_MAX_LENGTH; from++)
		if (isalnum((unsigned char)*from))
			name[n++] = tolower((unsigned char)*from);
		else if (n && name[n - 1] != '-')
			name[n++] = '-';
	while (n && name[n - 1] == '-')
		name[--n] = '\0';
	if (!n)
		strcpy(name, "sandprint");
	return name;
}
