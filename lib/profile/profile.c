/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

bool action_allows(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

static const char *errno_name(uint32_t data, char buf[ACTION_NAME_MAX])
{
	const char *name = data ? strerrorname_np(data) : NULL;

	if (name)
		snprintf(buf, ACTION_NAME_MAX, "%s", name);
	else
		snprintf(buf, ACTION_NAME_MAX, "errno %u", data);
	return buf;
}

const char *action_name(uint32_t action, char buf[ACTION_NAME_MAX])
{
	static const struct {
		uint32_t action;
		const char *name;
	} names[] = {
		{ SECCOMP_RET_ALLOW, "allow" },
		{ SECCOMP_RET_LOG, "log" },
		{ SECCOMP_RET_TRACE, "trace" },
		{ SECCOMP_RET_USER_NOTIF, "notify" },
		{ SECCOMP_RET_TRAP, "trap" },
		{ SECCOMP_RET_KILL_THREAD, "kill thread" },
	};
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	if (kind == SECCOMP_RET_ERRNO)
		return errno_name(action & SECCOMP_RET_DATA, buf);
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (names[i].action == kind)
			return names[i].name;
	/* the kernel treats unknown actions in this way */
	return "kill process";
}

struct profile *profile_new(uint32_t default_action)
{
	struct profile *p = xcalloc(1, sizeof(*p));

	p->default_action = default_action;
	p->other_arch_action = SECCOMP_RET_KILL_THREAD;
	return p;
}

void profile_free(struct profile *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		free(p->rules[i].name);
	for (size_t i = 0; i < p->n_unknown; i++)
		free(p->unknown[i]);
	free(p->rules);
	for (size_t i = 0; i < p->n_notes; i++)
		free(p->notes[i]);
	free(p->unknown);
	free(p->notes);
	free(p->archs);
	profile_free(p->next);
	free(p);
}

bool profile_has_arch(const struct profile *p, const struct arch *arch)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i] == arch)
			return true;
	return false;
}

void profile_add_arch(struct profile *p, const struct arch *arch)
{
	if (profile_has_arch(p, arch))
		return;
	p->archs = xgrow(p->archs, p->n_archs, sizeof(*p->archs));
	p->archs[p->n_archs++] = arch;
}

void profile_add_rule(struct profile *p, const struct profile_rule *rule)
{
	struct profile_rule *r;

	p->rules = xgrow(p->rules, p->n_rules, sizeof(*p->rules));
	r = &p->rules[p->n_rules++];
	*r = *rule;
	r->name = rule->name ? xstrdup(rule->name) : NULL;
}

void profile_note(struct profile *p, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = xstrdup("out of memory");
	va_end(ap);
	p->notes = xgrow(p->notes, p->n_notes, sizeof(*p->notes));
	p->notes[p->n_notes++] = text_printable(text);
	free(text);
}

/*
 * Rules of one call keep their order in the array, which can matter: both
 * pointers point into it.
 */
static int compare_rules(const void *a, const void *b)
{
	const struct profile_rule *const *x = a, *const *y = b;
	int order = call_id_compare(&(*x)->id, &(*y)->id);

	return order ? order : (*x > *y) - (*x < *y);
}

void profile_sort(struct profile *p)
{
	const struct profile_rule **order = xcalloc(p->n_rules + 1,
						    sizeof(*order));
	struct profile_rule *sorted = NULL;

	for (size_t i = 0; i < p->n_rules; i++)
		order[i] = &p->rules[i];
	qsort(order, p->n_rules, sizeof(*order), compare_rules);
	for (size_t i = 0; i < p->n_rules; i++) {
		sorted = xgrow(sorted, i, sizeof(*sorted));
		sorted[i] = *order[i];
	}
	free(order);
	free(p->rules);
	p->rules = sorted;
}

/* Finds the calls that a profile allows. */

struct call_set {
	struct call_id *ids;
	size_t n;
};

static void set_add(struct call_set *set, struct call_id id)
{
	set->ids = xgrow(set->ids, set->n, sizeof(*set->ids));
	set->ids[set->n++] = id;
}

static int compare_ids(const void *a, const void *b)
{
	return call_id_compare(a, b);
}

static void set_sort(struct call_set *set)
{
	size_t n = 0;

	array_sort(set->ids, set->n, sizeof(*set->ids), compare_ids);
	for (size_t i = 0; i < set->n; i++)
		if (!n || call_id_compare(&set->ids[n - 1], &set->ids[i]))
			set->ids[n++] = set->ids[i];
	set->n = n;
}

static void add_allowed_rules(const struct profile *p, struct call_set *set)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (action_allows(p->rules[i].action) && p->rules[i].id.nr >= 0)
			set_add(set, p->rules[i].id);
}

/* Returns the calls that a rule without conditions denies, sorted. */
static struct call_set denied_rules(const struct profile *p)
{
	struct call_set set = { NULL, 0 };

	for (size_t i = 0; i < p->n_rules; i++)
		if (!action_allows(p->rules[i].action) && !p->rules[i].n_args)
			set_add(&set, p->rules[i].id);
	set_sort(&set);
	return set;
}

static bool set_has(const struct call_set *set, struct call_id id)
{
	return set->n && bsearch(&id, set->ids, set->n, sizeof(id),
				 compare_ids);
}

/*
 * Adds all calls of the architecture that have a name: usual numbers, those of
 * x32, and private ones of arm.
 */
static void add_named(const struct arch *arch, const struct call_set *except,
		      struct call_set *set)
{
	static const int32_t bases[] = { 0, 0x40000000, 0x0f0000 };
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < N_ELEMENTS(bases); i++)
		for (int32_t nr = bases[i]; nr < bases[i] + 1024; nr++) {
			struct call_id id = { arch->audit, nr };

			if (arch_of_call(id) == arch && !set_has(except, id) &&
			    syscall_name(id, buf))
				set_add(set, id);
		}
}

static struct call_set allowed_alone(const struct profile *p)
{
	struct call_set set = { NULL, 0 }, denied = { NULL, 0 };

	add_allowed_rules(p, &set);
	if (action_allows(p->default_action)) {
		denied = denied_rules(p);
		for (size_t i = 0; i < p->n_archs; i++)
			add_named(p->archs[i], &denied, &set);
	}
	set_sort(&set);
	free(denied.ids);
	return set;
}

static bool has_audit(const struct profile *p, uint32_t audit)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i]->audit == audit)
			return true;
	return false;
}

/* Removes calls that `p` does not allow: both profiles are in force. */
static void set_restrict(struct call_set *set, const struct profile *p)
{
	struct call_set allowed = allowed_alone(p);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		if (has_audit(p, set->ids[i].arch) ?
		    set_has(&allowed, set->ids[i]) :
		    action_allows(p->other_arch_action))
			set->ids[n++] = set->ids[i];
	set->n = n;
	free(allowed.ids);
}

struct call_id *profile_allowed(const struct profile *p, size_t *n)
{
	struct call_set set = allowed_alone(p);

	while ((p = p->next))
		set_restrict(&set, p);
	*n = set.n;
	return set.ids;
}

/* Returns the calls that have a rule, or one that does more than allow them. */
static struct call_set ruled(const struct profile *p, bool any)
{
	struct call_set set = { NULL, 0 };

	for (size_t i = 0; i < p->n_rules; i++)
		if (any || p->rules[i].n_args ||
		    p->rules[i].action != SECCOMP_RET_ALLOW)
			set_add(&set, p->rules[i].id);
	set_sort(&set);
	return set;
}

/* Removes calls that a rule, or the default, denies for some arguments or logs. */
static void set_remove_partial(struct call_set *set, const struct profile *p)
{
	struct call_set partial = ruled(p, false), all = ruled(p, true);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct call_id id = set->ids[i];
		uint32_t otherwise = has_audit(p, id.arch) ?
			p->default_action : p->other_arch_action;

		if (set_has(&all, id) ? !set_has(&partial, id) :
		    otherwise == SECCOMP_RET_ALLOW)
			set->ids[n++] = id;
	}
	set->n = n;
	free(partial.ids);
	free(all.ids);
}

struct call_id *profile_fully_allowed(const struct profile *p, size_t *n)
{
	struct call_set set = { NULL, 0 };

	set.ids = profile_allowed(p, &set.n);
	for (; p; p = p->next)
		set_remove_partial(&set, p);
	*n = set.n;
	return set.ids;
}

bool profile_implies(const struct profile *p, struct call_id id)
{
	for (; p; p = p->next)
		for (size_t i = 0; i < p->n_rules; i++)
			if (p->rules[i].origin & PROFILE_IMPLIED &&
			    !call_id_compare(&p->rules[i].id, &id))
				return true;
	return false;
}
