/* SPDX-License-Identifier: Apache-2.0 */
#include "base.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "filter/filter.h"

/* The profile of --base */

bool base_open(struct base *base, const char *path, struct host *host)
{
	base->path = path;
	if (!path)
		return true;
	if (!input_open(&base->input, path))
		return false;
	profile_prepare(&base->input, host);
	return true;
}

static void note_reading(const struct base *base)
{
	const struct profile *p = base->profile;
	char *first;

	for (size_t i = 0; i < p->n_notes; i++)
		message_note("%s: %s", input_name(base->path), p->notes[i]);
	if (!p->n_unknown)
		return;
	first = text_printable(p->unknown[0]);
	message_note("%s: left out: %zu names that are no calls of the "
		     "profile's architectures: %s%s", input_name(base->path),
		     p->n_unknown, first, p->n_unknown > 1 ? ", ..." : "");
	free(first);
}

/* Returns false if it printed and latched an error. */
static bool check_base(const struct base *base)
{
	const char *name = input_name(base->path);

	if (action_allows(base->profile->default_action))
		message_error("%s: --base: it allows all calls that it does not "
			      "name, which a list of allowed calls cannot", name);
	else if (base->profile->next)
		message_error("%s: --base: it makes several filters that are in "
			      "force together, which one list of allowed calls "
			      "cannot express", name);
	else
		return true;
	return false;
}

bool base_read(struct base *base, const struct host *prepared)
{
	struct host host = *prepared;
	char *problem = NULL;
	FILE *file;

	if (!base->path)
		return true;
	host.path = base->path;
	file = input_file(&base->input);
	base->profile = file ? profile_read(file, &host, &problem) : NULL;
	if (problem)
		message_error("%s: %s", input_name(base->path), problem);
	free(problem);
	if (!base->profile)
		return false;
	note_reading(base);
	return check_base(base);
}

void base_close(struct base *base)
{
	if (base->path)
		input_close(&base->input);
	profile_free(base->profile);
}

/* Adding the rules of the base to the written profile */

static bool has_arch(const struct profile *p, const struct arch *arch)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i] == arch)
			return true;
	return false;
}

/* Whether the rule of the base allows a call that `p` can also allow. */
static bool is_joined(const struct profile *p, const struct profile_rule *rule)
{
	return action_allows(rule->action) && rule->id.nr >= 0 &&
		rule->name && has_arch(p, arch_of_call(rule->id));
}

static bool is_plain_allow(const struct profile_rule *rule)
{
	return rule->action == SECCOMP_RET_ALLOW && !rule->n_args;
}

static struct profile_rule *find_allowed(struct profile *p, struct call_id id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (!call_id_compare(&p->rules[i].id, &id) &&
		    is_plain_allow(&p->rules[i]))
			return &p->rules[i];
	return NULL;
}

/*
 * Whether a rule allows the name on some architecture. This matters for formats
 * with one list of names.
 */
static bool is_name_allowed(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (is_plain_allow(&p->rules[i]) && p->rules[i].name &&
		    !strcmp(p->rules[i].name, name))
			return true;
	return false;
}

/*
 * Drops all rules of a call, or only those that deny it. Returns the origins of
 * the dropped rules that allowed it.
 */
static uint32_t drop_rules(struct profile *p, struct call_id id, bool all)
{
	uint32_t origin = 0;
	size_t kept = 0;

	for (size_t i = 0; i < p->n_rules; i++) {
		struct profile_rule *rule = &p->rules[i];

		if (call_id_compare(&rule->id, &id) ||
		    (!all && action_allows(rule->action))) {
			p->rules[kept++] = *rule;
			continue;
		}
		if (action_allows(rule->action))
			origin |= rule->origin;
		free(rule->name);
	}
	p->n_rules = kept;
	return origin;
}

static void allow_call(struct profile *p, struct call_id id, const char *name,
		       uint32_t origin)
{
	struct profile_rule *allowed = find_allowed(p, id);

	if (allowed) {
		allowed->origin |= origin;
		return;
	}
	origin |= drop_rules(p, id, true);
	profile_add_rule(p, &(struct profile_rule){
		.id = id, .name = (char *)name, .action = SECCOMP_RET_ALLOW,
		.origin = origin });
}

/*
 * A list of names applies to all architectures, so this allows the name on each
 * of them.
 */
static void allow_elsewhere(struct profile *p, const char *name)
{
	struct call_id id;

	for (size_t i = 0; i < p->n_archs; i++)
		if (!syscall_number(p->archs[i], name, &id) &&
		    !find_allowed(p, id))
			allow_call(p, id, name, ORIGIN_UNION);
}

void base_allow(struct profile *p, struct call_id id, const char *name,
		uint32_t origin, bool one_list)
{
	allow_call(p, id, name, origin);
	if (one_list)
		allow_elsewhere(p, name);
}

/* Whether the base denies the call for some arguments. */
static bool denies_some(const struct profile *base, struct call_id id)
{
	for (size_t i = 0; i < base->n_rules; i++)
		if (!call_id_compare(&base->rules[i].id, &id) &&
		    base->rules[i].n_args &&
		    !action_allows(base->rules[i].action))
			return true;
	return false;
}

/* A loader that does not know the name may refuse the whole list. */
static bool is_loadable(const struct profile_rule *rule, unsigned int flags)
{
	return !(flags & FORMAT_STRICT) || !syscall_linux(rule->id);
}

/*
 * minijail's "arg0 & BITS" holds if any of the bits is set. libseccomp can only
 * compare all of them, which means the same for a single bit. Returns false if
 * there are several bits.
 */
static bool compare_all_bits(struct profile_rule *rule)
{
	for (uint32_t i = 0; i < rule->n_args; i++) {
		struct profile_arg *arg = &rule->args[i];

		if (arg->op != PROFILE_CMP_MASKED_NE)
			continue;
		if (__builtin_popcountll(arg->value) != 1 || arg->value_two)
			return false;
		arg->op = SCMP_CMP_MASKED_EQ;
		arg->value_two = arg->value;
	}
	return true;
}

static bool refuse_rule(const struct base *base, const struct format *format,
			const struct profile_rule *rule)
{
	struct profile_rule copy = *rule;
	char name[SYSCALL_NAME_MAX];

	syscall_label(rule->id, name);
	if (denies_some(base->profile, rule->id))
		message_error("%s: --base: it has rules that allow %s and rules "
			      "that deny it, by its arguments; they cannot be "
			      "joined", input_name(base->path), name);
	else if (!compare_all_bits(&copy))
		message_error("%s: --base: it allows %s if any of several bits "
			      "is set, which cannot be joined",
			      input_name(base->path), name);
	else
		message_error("%s: --base: it allows %s with some arguments "
			      "only, which --%s cannot express",
			      input_name(base->path), name, format->name);
	return false;
}

/* Adds a rule with conditions for each architecture to which it applies. */
static void add_conditional(struct profile *p, const struct profile_rule *rule,
			    bool one_list)
{
	struct profile_rule copy = *rule;

	copy.action = SECCOMP_RET_ALLOW;
	copy.origin = ORIGIN_BASE;
	for (size_t i = 0; i < p->n_archs; i++) {
		if (p->archs[i] != arch_of_call(rule->id) &&
		    (!one_list ||
		     syscall_number(p->archs[i], rule->name, &copy.id)))
			continue;
		if (p->archs[i] == arch_of_call(rule->id))
			copy.id = rule->id;
		drop_rules(p, copy.id, false);
		profile_add_rule(p, &copy);
	}
}

static bool join_conditional(const struct base *base, struct profile *p,
			     const struct format *format,
			     const struct profile_rule *rule)
{
	bool one_list = format->flags & FORMAT_ONE_LIST;
	struct profile_rule copy = *rule;

	if (find_allowed(p, rule->id) ||
	    (one_list && is_name_allowed(p, rule->name)))
		return true;
	if (denies_some(base->profile, rule->id) ||
	    !(format->flags & FORMAT_ARGS) || format->flags & FORMAT_FAMILIES ||
	    !compare_all_bits(&copy))
		return refuse_rule(base, format, rule);
	add_conditional(p, &copy, one_list);
	return true;
}

/*
 * Joins the rules in two passes. The first one allows calls without conditions,
 * so that the second one does not refuse such a call because of a condition.
 */
static bool join_rules(const struct base *base, struct profile *p,
		       const struct format *format, size_t *n_left_out)
{
	const struct profile *from = base->profile;
	const struct profile_rule *refused = NULL;

	for (size_t i = 0; i < from->n_rules; i++) {
		const struct profile_rule *rule = &from->rules[i];

		if (!is_joined(p, rule) || rule->n_args ||
		    denies_some(from, rule->id))
			continue;
		*n_left_out += !is_loadable(rule, format->flags);
		if (!is_loadable(rule, format->flags))
			continue;
		base_allow(p, rule->id, rule->name, ORIGIN_BASE,
			   format->flags & FORMAT_ONE_LIST);
	}
	for (size_t i = 0; i < from->n_rules; i++) {
		const struct profile_rule *rule = &from->rules[i];

		if (!is_joined(p, rule) || (refused &&
		    !call_id_compare(&refused->id, &rule->id)) ||
		    (!rule->n_args && !denies_some(from, rule->id)))
			continue;
		if (!join_conditional(base, p, format, rule))
			refused = rule;
	}
	return !refused;
}

/* Notes architectures of the base for which no call was recorded. */
static void note_archs(const struct base *base, const struct profile *p)
{
	const struct profile *from = base->profile;
	char *list = NULL;

	for (size_t i = 0; i < from->n_archs; i++)
		if (!has_arch(p, from->archs[i]))
			text_append(&list, ", ", from->archs[i]->name);
	if (list)
		message_note("%s: --base: its calls of %s are left out, since "
			     "none was recorded", input_name(base->path), list);
	free(list);
}

/*
 * libseccomp makes wrong filters for some rules with conditions: refuse these.
 */
static bool check_filter(const struct base *base, const struct profile *p)
{
	struct filter *filter = NULL;
	char *problem = NULL;
	int err = filter_compile(p, &filter, &problem);

	if (err)
		message_error("%s: --base: %s", input_name(base->path),
			      problem);
	free(problem);
	filter_free(filter);
	return !err;
}

bool base_join(const struct base *base, struct profile *p,
	       const struct format *format)
{
	size_t n_left_out = 0;

	if (!base->path)
		return true;
	if (!has_arch(base->profile, p->archs[0])) {
		message_error("%s: --base: it is not for %s, as the recording "
			      "is", input_name(base->path), p->archs[0]->name);
		return false;
	}
	note_archs(base, p);
	if (!join_rules(base, p, format, &n_left_out))
		return false;
	if (n_left_out)
		message_note("%s: --base: %zu calls are left out, since an "
			     "older loader refuses their names",
			     input_name(base->path), n_left_out);
	profile_sort(p);
	return check_filter(base, p);
}
