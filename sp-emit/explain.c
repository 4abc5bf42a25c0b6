/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --explain: writes the reasons for each rule of a profile, with a line for
 * each reason.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
#include "kernel/ability.h"
#include "kernel/capability.h"
#include "kernel/danger.h"
#include "kernel/purpose.h"
#include "kernel/value.h"
#include "possible/possible.h"
#include "profile/portable.h"
#include "proposal.h"
#include "stream/keep.h"
#include "stream/stack.h"

enum {
	NAME_COLUMNS = 24,
	RUNS_MAX = 5,		/* the number of runs that a line names */
	TESTS_MAX = 5,
};

/* Writes "  x86_64     0  read                     allow". */
static void write_start(const struct profile_rule *rule, const char *from,
			FILE *out)
{
	char answer[ACTION_NAME_MAX], label[SYSCALL_NAME_MAX];

	fprintf(out, "%-7s %5d  %-*s  %-6s  %-8s  ",
		arch_of_call(rule->id)->name, rule->id.nr, NAME_COLUMNS,
		syscall_label(rule->id, label),
		action_name(rule->action, answer), from);
}

static void write_image(const struct trace *t, uint32_t image, FILE *out)
{
	char *text = image_text(t, image);

	text_put_printable(text, out);
	free(text);
}

/* Writes the facts of an observed call. `calls` ends with NULL. */
static void write_observed(const struct trace *t, struct fact **calls,
			   const struct profile_rule *rule, FILE *out)
{
	const char *separator = "";

	write_start(rule, "observed", out);
	for (; *calls && !call_id_compare(&(*calls)->id, &rule->id); calls++) {
		fprintf(out, "%s%" PRIu64 " by ", separator,
			fact_count(*calls));
		write_image(t, (*calls)->image, out);
		separator = ", ";
	}
	putc('\n', out);
}

static void write_purpose(const struct profile_rule *rule, FILE *out)
{
	const struct purpose *purpose = purpose_of(rule->id);

	write_start(rule, "purpose", out);
	fprintf(out, "%s: %s\n", subject_name(purpose->subject),
		purpose->text);
}

/*
 * Returns the names of the runs that made the call, or of those that did not.
 * Several runs can have the same name.
 */
static char *runs_list(const struct trace *t, const bool *made, bool wanted)
{
	char *list = NULL;
	size_t n = 0, named = 0;

	for (size_t i = 0; i < t->n_runs; i++)
		n += made[i] == wanted;
	for (size_t i = 0; i < t->n_runs && named < RUNS_MAX; i++) {
		char *name = made[i] == wanted ?
			text_printable(t->runs[i]->name) : NULL;

		if (name)
			text_append(&list, ", ", name);
		named += !!name;
		free(name);
	}
	if (n > named) {
		char *more = xasprintf(" and %zu more", n - named);

		text_append(&list, "", more);
		free(more);
	}
	return list;
}

/* Writes which runs made the call, if there are several runs. */
static void write_runs(const struct trace *t, struct fact **calls,
		       const struct profile_rule *rule, FILE *out)
{
	bool *made = xcalloc(t->n_runs + 1, sizeof(*made)), most;
	struct fact **first = calls;
	size_t n = 0;
	char *names;

	for (; *calls && !call_id_compare(&(*calls)->id, &rule->id); calls++)
		for (size_t i = 0; i < (*calls)->n_sightings; i++)
			made[(*calls)->sightings[i].run] = true;
	for (size_t i = 0; i < t->n_runs; i++)
		n += made[i];
	most = n > RUNS_MAX && n > t->n_runs / 2;
	names = runs_list(t, made, !most);
	if (n && t->n_runs > 1) {
		write_start(rule, "runs", out);
		fprintf(out, "%zu of %zu", n, t->n_runs);
		if (names)
			fprintf(out, "%s%s", most ? ", not " : ": ", names);
		if (t->keep)
			fprintf(out, "; about %" PRIu64 " of about %" PRIu64
				" were merged",
				keep_estimate_of(t, first, calls - first),
				keep_estimate(t));
		putc('\n', out);
	}
	free(names);
	free(made);
}

static void write_member(const struct emit *emit, enum group group,
			 const struct profile_rule *rule, FILE *out)
{
	static const char *const runtimes[] = {
		[0] = "",
		[RUNTIME_RUNC] = "runc: ",
		[RUNTIME_CRUN] = "crun: ",
		[RUNTIME_RUNC | RUNTIME_CRUN] = "runc, crun: ",
		[RUNTIME_BWRAP] = "bwrap: ",
		[RUNTIME_FIREJAIL] = "firejail: ",
		[RUNTIME_SYSTEMD] = "systemd: ",
		[RUNTIME_LXC] = "lxc: ",
		[RUNTIME_HARDENED] = "systemd: ",
	};
	const struct group_member *m = group_find(&emit->choice, group,
						  rule->id);

	write_start(rule, group_name(group), out);
	fprintf(out, "%s%s\n", runtimes[m->runtimes], m->reason);
}

/*
 * Names the observed calls because of which the group portable adds this call.
 */
static void write_portable(const struct emit *emit,
			   const struct profile_rule *rule, FILE *out)
{
	const struct profile *p = emit->profile;
	const struct portable_family *family;

	for (size_t i = 0; (family = portable_at(i)); i++) {
		const char *by = NULL;
		bool has = false;

		for (size_t c = 0; family->calls[c]; c++)
			has |= !strcmp(family->calls[c], rule->name);
		for (size_t r = 0; has && !by && r < p->n_rules; r++)
			if (p->rules[r].origin & PROFILE_OBSERVED &&
			    p->rules[r].name && arch_of_call(p->rules[r].id) ==
			    arch_of_call(rule->id) &&
			    portable_brings(family, p->rules[r].name))
				by = p->rules[r].name;
		if (!by)
			continue;
		write_start(rule, group_name(GROUP_PORTABLE), out);
		fprintf(out, "beside %s; %s\n", by, family->source);
	}
}

static void write_danger(const struct profile_rule *rule, FILE *out)
{
	const struct danger *danger = danger_of(rule->id);

	if (!danger)
		return;
	write_start(rule, "danger", out);
	fprintf(out, "%d: %s; %s\n", danger->rank, danger->reason,
		danger->source);
}

/*
 * Writes the recorded values of arguments, even if the rules do not use them.
 */
static void write_values(const struct trace *t,
			 const struct profile_rule *rule, FILE *out)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n, end = 0;
	struct fact **facts = args_of(t, rule->id, &n);

	for (size_t i = 0; i < n; i = end) {
		uint64_t count = 0;
		size_t n_values;
		char *text, *call;

		/* Equal facts of several images are neighbours. */
		for (end = i; end < n && !detail_compare(facts[i], facts[end]);
		     end++)
			count = count_add(count, fact_count(facts[end]));
		n_values = argument_values(facts[i], values);
		text = argument_text(rule->id, values, n_values);
		call = call_text(rule->id, values, n_values);
		write_start(rule, "values", out);
		fprintf(out, "%" PRIu64 " with %s: %s\n", count, text, call);
		free(call);
		free(text);
	}
	free(facts);
}

/*
 * Writes the capabilities that the call used, and whether it created tasks in
 * other namespaces.
 */
static void write_privileges(const struct trace *t, struct fact **privileges,
			     const struct profile_rule *rule, FILE *out)
{
	char buf[CAPABILITY_NAME_MAX];
	size_t n;
	struct fact **facts = facts_of_call(privileges, t->privileges.n,
					    rule->id, &n);

	for (size_t i = 0; i < n; i++) {
		const struct fact *fact = facts[i];
		uint32_t what = privilege_of(fact);

		write_start(rule, "used", out);
		fprintf(out, "%" PRIu64 " times %s%s by ", fact_count(fact),
			what == PRIVILEGE_OF_NAMESPACES ? "other namespaces" :
			capability_name(what & PRIVILEGE_CAPABILITY, buf),
			what & PRIVILEGE_IS_AMBIENT ? " (ambient)" : "");
		write_image(t, fact->image, out);
		putc('\n', out);
	}
}

/*
 * Writes the stack of each image's first use of the call, if there are stacks.
 */
static void write_stacks(const struct trace *t, struct fact **stacks,
			 const struct profile_rule *rule, FILE *out)
{
	size_t n;
	struct fact **facts = facts_of_call(stacks, t->stacks.n, rule->id, &n);

	for (size_t i = 0; i < n; i++) {
		const struct fact *fact = facts[i];
		char *chain = stack_chain(fact);
		char *printable = text_printable(chain);

		write_start(rule, "stack", out);
		fprintf(out, "%s by ", printable);
		write_image(t, fact->image, out);
		putc('\n', out);
		free(printable);
		free(chain);
	}
}

/*
 * Writes that --add allowed the call, with the reason from the list of possible
 * calls if it has the call.
 */
static void write_added(const struct emit *emit,
			const struct profile_rule *rule, FILE *out)
{
	const struct possible_call *call = emit->possible ?
		possible_of(emit->possible, rule->id) : NULL;
	char *why = call ? possible_why(call) : NULL;

	write_start(rule, "added", out);
	fprintf(out, "by --add, no run made it%s%s\n", why ? "; " : "",
		why ? why : "");
	free(why);
}

/*
 * Returns the possible call at this index of the list, or NULL if the profile
 * allows the call.
 */
static const struct possible_call *possible_at(const struct emit *emit,
					       size_t i)
{
	const struct possible_call *call = &emit->possible->calls[i];

	return profile_allows(emit->profile, call->id) ? NULL : call;
}

/*
 * Writes the later calls of the list with the same ability: "; also mkdir (4)".
 */
static void write_others(const struct emit *emit, size_t first, FILE *out)
{
	const struct ability *ability =
		ability_of(emit->possible->calls[first].id);
	const char *separator = "; also ";
	char name[SYSCALL_NAME_MAX];

	for (size_t i = first + 1; i < emit->possible->n; i++) {
		const struct possible_call *call = possible_at(emit, i);

		if (!call || ability_of(call->id) != ability)
			continue;
		fprintf(out, "%s%s (%zu)", separator,
			syscall_label(call->id, name), i + 1);
		separator = ", ";
	}
}

static bool is_first(const struct emit *emit, size_t i)
{
	const struct ability *ability =
		ability_of(emit->possible->calls[i].id);

	for (size_t j = 0; j < i; j++)
		if (possible_at(emit, j) &&
		    ability_of(emit->possible->calls[j].id) == ability)
			return false;
	return true;
}

static void write_possible_call(const struct emit *emit, size_t i,
				const struct profile_rule *rule, FILE *out)
{
	const struct ability *ability = ability_of(rule->id);
	char *why;

	if (!emit->lists_all && !is_first(emit, i))
		return;
	why = possible_why(&emit->possible->calls[i]);
	write_start(rule, "possible", out);
	fprintf(out, "%zu: %s", i + 1, why);
	free(why);
	if (!emit->lists_all) {
		write_others(emit, i, out);
		fprintf(out, "; to %s\n", ability ? ability->text :
			"do other things");
		return;
	}
	putc('\n', out);
	write_purpose(rule, out);
}

/*
 * Writes the possible calls that the profile does not have: a line for each
 * ability, or a line for each call.
 */
static void write_possible(const struct emit *emit, FILE *out)
{
	for (size_t i = 0; i < emit->possible->n; i++) {
		const struct possible_call *call = possible_at(emit, i);
		const struct profile_rule rule = {
			.id = emit->possible->calls[i].id,
			.action = emit->profile->default_action,
		};

		if (!call)
			continue;
		write_possible_call(emit, i, &rule, out);
		write_danger(&rule, out);
	}
}

static void write_test(const struct proposal *test, size_t number, FILE *out)
{
	fprintf(out, "%-7s %5s  %-*s  %-6s  %-8s  %zu: %s%s", "-",
		"-", NAME_COLUMNS, "-", "-", "test", number, test->test,
		test->like ? " " : "");
	if (test->like)
		text_put_printable(test->like, out);
	fputs(", because ", out);
	for (size_t i = 0; i < test->n_why; i++)
		text_put_printable(test->why[i].text, out);
	putc('\n', out);
}

static void write_tests(const struct emit *emit, FILE *out)
{
	struct digest *d = digest_new(emit);
	struct proposals *p = proposals_new(d);

	for (size_t i = 0; i < p->n && i < TESTS_MAX; i++)
		write_test(&p->at[i], i + 1, out);
	proposals_free(p);
	digest_free(d);
}

static void write_rule(const struct emit *emit, struct fact **calls,
		       const struct profile_rule *rule, FILE *out)
{
	if (rule->origin & PROFILE_OBSERVED) {
		write_observed(emit->trace, calls, rule, out);
		write_runs(emit->trace, calls, rule, out);
	}
	for (int group = 0; group < GROUP_COUNT; group++)
		if (group != GROUP_PORTABLE && rule->origin & 1U << group)
			write_member(emit, group, rule, out);
	if (rule->origin & 1U << GROUP_PORTABLE)
		write_portable(emit, rule, out);
	if (rule->origin & PROFILE_DENIED) {
		write_start(rule, "denied", out);
		fputs("by a filter that the recording ran under\n", out);
	}
	if (rule->origin & ORIGIN_BASE) {
		char *base = text_printable(emit->base);

		write_start(rule, "base", out);
		fprintf(out, "allowed%s by %s\n", rule->n_args ?
			" with some arguments" : "", base);
		free(base);
	}
	if (rule->origin & ORIGIN_ADDED)
		write_added(emit, rule, out);
	if (rule->origin & ORIGIN_UNION) {
		write_start(rule, "union", out);
		fputs("allowed by name on another architecture\n", out);
	}
}

/* Returns the first rule of a call, with the origins of all its rules. */
static struct profile_rule whole_rule(const struct profile *p, size_t i)
{
	struct profile_rule rule = p->rules[i];

	for (size_t j = i + 1; j < p->n_rules &&
	     !call_id_compare(&p->rules[j].id, &rule.id); j++)
		rule.origin |= p->rules[j].origin;
	return rule;
}

void write_explanation(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	struct fact **calls = facts_by_id(&emit->trace->calls), **next = calls;
	struct fact **privileges = facts_by_id(&emit->trace->privileges);
	struct fact **stacks = facts_by_id(&emit->trace->stacks);

	fprintf(out, "%-7s %5s  %-*s  %-6s  %-8s  %s\n", "ARCH", "NR",
		NAME_COLUMNS, "NAME", "ANSWER", "FROM", "WHY");
	for (size_t i = 0; i < p->n_rules; i++) {
		struct profile_rule rule;

		/* The explained calls are in the order of the rules. */
		while (*next && call_id_compare(&(*next)->id,
						&p->rules[i].id) < 0)
			next++;
		if (i && !call_id_compare(&p->rules[i - 1].id,
					  &p->rules[i].id))
			continue;
		rule = whole_rule(p, i);
		write_rule(emit, next, &rule, out);
		write_purpose(&p->rules[i], out);
		write_values(emit->trace, &p->rules[i], out);
		write_privileges(emit->trace, privileges, &p->rules[i], out);
		write_stacks(emit->trace, stacks, &p->rules[i], out);
		if (action_allows(p->rules[i].action))
			write_danger(&p->rules[i], out);
	}
	free(calls);
	free(privileges);
	free(stacks);
	if (emit->lists_possible) {
		write_possible(emit, out);
		write_tests(emit, out);
	}
}
